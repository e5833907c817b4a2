/**
 * What a user does to his own way in: password, second factor, recovery codes. Each asks for the
 * password once more, so that a browser left open is not enough, and ends what else is signed in.
 */
import { hashPassword } from '../../domain/password.ts';
import type { UserRecord } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { type Act, audit } from '../audit.ts';
import type { Caller } from './caller.ts';
import { newRecoveryCodes, newTotpSecret, totpStep } from './totp.ts';

const ENROLMENT = 'totp-enrolment';
const ENROLMENT_LIFETIME = 10 * 60_000;

/** A secret on its way into a device; `sealed` comes back with the code that proves that it arrived. */
export interface Enrolment {
  readonly secret: string;
  readonly sealed: string;
}

export function beginEnrolment({ access, options }: Shared, name: string): Enrolment {
  const secret = newTotpSecret(options.randomBytes);
  return { secret, sealed: access.sealing.seal(ENROLMENT, { secret, name }, options.now() + ENROLMENT_LIFETIME) };
}

/** The same enrolment, for another try; undefined: its time is over. */
export function openEnrolment({ access }: Shared, name: string, sealed: string): Enrolment | undefined {
  const opened = access.sealing.open<{ readonly secret: string; readonly name: string }>(ENROLMENT, sealed);
  return opened === undefined || opened.name !== name ? undefined : { secret: opened.secret, sealed };
}

/** Sets the second factor up; the recovery codes, which are shown this once. Null: the code is none of now. */
export async function enrol(shared: Shared, caller: Caller, { secret }: Enrolment, code: string): Promise<readonly string[] | null> {
  const { now, randomBytes } = shared.options;
  const step = totpStep(secret, code, now());
  if (step === undefined) return null;
  const { codes, hashes } = newRecoveryCodes(randomBytes);
  await change(shared, caller, (user) => ({ ...user, totp: { secret, since: now(), lastStep: step, recovery: hashes } }));
  await endOthers(shared, caller);
  await audit(shared, caller, own(caller, 'totp.set'));
  return codes;
}

export async function removeFactor(shared: Shared, caller: Caller): Promise<void> {
  await change(shared, caller, (user) => ({ ...user, totp: null }));
  await audit(shared, caller, own(caller, 'totp.removed'));
}

/** New recovery codes in place of the old ones; null: there is no second factor. */
export async function renewRecoveryCodes(shared: Shared, caller: Caller): Promise<readonly string[] | null> {
  const { codes, hashes } = newRecoveryCodes(shared.options.randomBytes);
  const user = await change(shared, caller, (there) =>
    there.totp == null ? undefined : { ...there, totp: { ...there.totp, recovery: hashes } },
  );
  if (user?.totp?.recovery !== undefined && user.totp.recovery[0] === hashes[0]) {
    await audit(shared, caller, own(caller, 'recovery.made'));
    return codes;
  }
  return null;
}

/** Gives the record with the new password: the session it was changed in is to be opened anew, for all have ended. */
export async function changeOwnPassword(shared: Shared, caller: Caller, password: string): Promise<UserRecord | undefined> {
  const { now, randomBytes } = shared.options;
  const passwordHash = await hashPassword(password, randomBytes(16));
  const user = await change(shared, caller, (there) => ({ ...there, passwordHash, passwordChangedAt: now() }));
  await shared.access.sessions.endAll({ kind: 'user', name: caller.name });
  await audit(shared, caller, own(caller, 'password.changed'));
  return user;
}

export async function endOthers({ access }: Shared, { kind, name, session }: Caller): Promise<number> {
  return access.sessions.endAll({ kind, name }, session?.id);
}

function change(
  { options }: Shared,
  { name }: Caller,
  made: (user: UserRecord) => UserRecord | undefined,
): Promise<UserRecord | undefined> {
  return options.store.users.change(name, (user) => (user === undefined ? undefined : made(user)));
}

function own({ name }: Caller, action: Act['action']): Act {
  return { action, subject: { kind: 'user', id: name } };
}
