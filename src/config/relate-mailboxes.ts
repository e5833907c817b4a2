/** Checks between the keys of the mailboxes that reports are collected from. */
import type { Config, MailboxSettings } from '../domain/settings.ts';
import { type Finding, isCertificate, mistake } from './findings.ts';
import type { ConfigPath } from './issues.ts';
import { isLoopback } from './settle.ts';

export function relateMailboxes({ reports }: Config): Finding[] {
  const found: Finding[] = [];
  const mailboxes = reports.mailboxes ?? [];
  for (const [index, mailbox] of mailboxes.entries()) {
    const path: ConfigPath = ['reports', 'mailboxes', index];
    const named = mailboxes.findIndex(({ name }) => name === mailbox.name);
    const same = mailboxes.findIndex((other) => placeOf(other) === placeOf(mailbox));
    if (same < index) {
      found.push(mistake(`is the folder of reports.mailboxes[${same}] already`, [...path, 'folder'], path, ['reports', 'mailboxes', same]));
    } else if (named < index) {
      const text = `the name "${mailbox.name}" is taken by reports.mailboxes[${named}] already: give one of its own`;
      found.push(mistake(text, [...path, 'name'], path, ['reports', 'mailboxes', named]));
    }
    found.push(...relateOne(mailbox, path));
  }
  return found;
}

function placeOf({ imap, folder }: MailboxSettings): string {
  return JSON.stringify([imap.host.toLowerCase(), imap.port, imap.user, folder.toLowerCase() === 'inbox' ? 'INBOX' : folder]);
}

function relateOne({ imap, folder, moveTo }: MailboxSettings, path: ConfigPath): Finding[] {
  const found: Finding[] = [];
  if (imap.tls === 'none' && !isLoopback(imap.host)) {
    found.push(mistake('the password would cross the network in the clear: implicit or starttls', [...path, 'imap', 'tls'], path));
  }
  if (imap.ca !== null && imap.tls === 'none') {
    found.push(mistake('needs tls: implicit or starttls; with none no certificate is checked', [...path, 'imap', 'ca'], path));
  }
  if (imap.ca !== null && !isCertificate(imap.ca)) found.push(mistake('is no certificate in PEM form', [...path, 'imap', 'ca'], path));
  if (moveTo === folder) found.push(mistake('is the folder that is read: what is taken would be found again', [...path, 'moveTo'], path));
  if (imap.auth.kind === 'oauth2') {
    const { protocol, hostname } = new URL(imap.auth.tokenUrl);
    if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
      found.push(mistake('needs https://: secrets go there', [...path, 'imap', 'oauth2', 'tokenUrl'], path));
    }
  }
  return found;
}
