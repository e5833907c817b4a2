/** Passwords of users: checked in the same time whether the user exists or not. */
import { PASSWORD_COST, verifyPassword } from '../../domain/password.ts';

export const PASSWORD_MINIMUM = 10;
export const PASSWORD_MAXIMUM = 1000;

/** A hash of the usual cost that no password has. */
const NOBODY = `scrypt$${PASSWORD_COST.N}$${PASSWORD_COST.r}$${PASSWORD_COST.p}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

/** `stored` is undefined for a user that does not exist. */
export async function passwordMatches(password: string, stored: string | undefined): Promise<boolean> {
  const matches = await verifyPassword(password, stored ?? NOBODY);
  return stored !== undefined && matches;
}
