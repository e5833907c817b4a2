/** The account of a name, as all rooms see it. Pure. */
import { type Account, DEFAULT_ACCOUNT } from './settings.ts';

/** What clients of `submission.networks` submit as, where no account `default` is configured: any sender, everything standard. */
const UNRESTRICTED: Account = {
  name: DEFAULT_ACCOUNT,
  password: null,
  senders: ['*'],
  tracking: true,
  language: 'en',
  notifications: 'standard',
};

/** Undefined when there is none; there is always one of the name `default`. */
export function accountNamed(accounts: readonly Account[], name: string): Account | undefined {
  return accounts.find((account) => account.name === name) ?? (name === DEFAULT_ACCOUNT ? UNRESTRICTED : undefined);
}
