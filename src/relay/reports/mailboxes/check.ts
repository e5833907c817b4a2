/** Whether a mailbox can be signed in to and its folder opened, for `relais check`: nothing is read or changed. */
import type { MailboxSettings } from '../../../domain/settings.ts';
import { IMAP_LIMITS, openFolder } from './imap.ts';
import { createTokenSource } from './oauth2.ts';

/** Milliseconds for a person who waits. */
const LIMITS = { ...IMAP_LIMITS, connect: 15_000, command: 15_000 };
const GOODBYE = 1_000;

export async function checkMailbox(mailbox: MailboxSettings, now: () => number): Promise<{ readonly ok: boolean; readonly said: string }> {
  const { imap, folder: name, idle, every } = mailbox;
  try {
    const tokens =
      imap.auth.kind === 'oauth2' ? createTokenSource({ settings: imap.auth, user: imap.user, now, timeout: LIMITS.connect }) : null;
    const accessToken = tokens === null ? null : await tokens.token();
    // The folder of moveTo is made when relais starts, not now.
    const request = { imap, accessToken, folder: name, moveTo: null, idle, messageSize: 0, limits: LIMITS };
    const folder = await openFolder(request, new AbortController().signal);
    const told = folder.idles ? 'tells of new mail (IDLE)' : `is looked at every ${Math.round(every / 1000)} s`;
    await folder.leave(GOODBYE);
    return { ok: true, said: `${imap.host}:${imap.port} lets ${imap.user} in; ${name} ${told}` };
  } catch (error) {
    return { ok: false, said: error instanceof Error ? error.message : String(error) };
  }
}
