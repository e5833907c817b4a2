/** A mailbox of the file as the collection reads it: its defaults depend on its other keys. */
import type { MailboxSettings } from '../domain/settings.ts';
import { settleAuth } from './mailbox-auth.ts';
import type { FileConfig } from './schema.ts';

export function settleMailbox(mailbox: FileConfig['reports']['mailboxes'][number]): MailboxSettings {
  const { imap, folder, moveTo } = mailbox;
  const { host, user, tls, ca } = imap;
  return {
    name: mailbox.name ?? `${user}/${folder}`,
    imap: { host, port: imap.port ?? (tls === 'implicit' ? 993 : 143), user, tls, ca: ca ?? null, auth: settleAuth(imap) },
    folder,
    moveTo: moveTo ?? null,
    every: mailbox.every,
    idle: mailbox.idle,
    otherMail: mailbox.otherMail,
  };
}
