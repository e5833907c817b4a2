/**
 * A small company for the screenshots: its mail of this day, up to now into a store whose relay has not started, then
 * what goes out while it runs. The days before are those of past.ts. The same each time but for the day it is.
 */
import { randomBytes } from 'node:crypto';
import { createIdFactory, type MessageId } from '../../src/domain/ids.ts';
import type { PreparedMessage } from '../../src/domain/message.ts';
import type { Store } from '../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import type { Category, EnhancedStatus } from '../../src/domain/reply.ts';
import { openStore } from '../../src/store/index.ts';
import { address } from '../support/accepted-message.ts';
import { recordingLog } from '../support/recording-log.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

const CUSTOMERS = [
  ['C-10412', 'Bakkerij Peeters', 'anna.peeters@bakkerij-peeters.example'],
  ['C-10433', 'Northwind Traders', 'accounts@northwind.example'],
  ['C-10458', 'Garage Lambert', 'marc@garage-lambert.example'],
  ['C-10471', 'Contoso', 'invoices@contoso.example'],
  ['C-10502', 'Fabrikam', 'ap@fabrikam.example'],
  ['C-10519', 'Brasserie du Parc', 'compta@brasserie-du-parc.example'],
  ['C-10544', 'Müller & Söhne', 'buchhaltung@mueller-soehne.example'],
  ['C-10560', 'Litware', 'finance@litware.example'],
] as const;

const KINDS = [
  { template: 'invoice', type: 'invoice', prefix: '2026-', subject: 'Invoice' },
  { template: 'order-confirmation', type: 'order', prefix: 'SO-', subject: 'Order confirmation' },
  { template: 'delivery-note', type: 'delivery', prefix: 'DN-', subject: 'Delivery note' },
  { template: 'reminder', type: 'reminder', prefix: 'R-', subject: 'Payment reminder' },
] as const;

const FAILURES: readonly (readonly [Category, number, EnhancedStatus, string])[] = [
  ['mailbox-unknown', 550, '5.1.1', 'The email account that you tried to reach does not exist'],
  ['mailbox-full', 552, '5.2.2', 'The recipient’s inbox is out of storage space'],
  ['blocked', 554, '5.7.1', 'Message rejected as spam by content filtering'],
  ['mailbox-unknown', 550, '5.1.1', 'User unknown in virtual mailbox table'],
];

/** Numbers that look like chance, the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 0x1_0000_0000;
    return state / 0x1_0000_0000;
  };
}

/** The day up to now, into the data directory of a relay that has not started yet. */
export async function theDayUntil(dataDir: string, now: number): Promise<void> {
  const clock = { now };
  const store = await openStore({ dataDir, diskFloor: 0, now: () => clock.now, log: recordingLog() });
  const random = dice(7);
  const morning = now - (now % DAY) + 6 * 60 * MINUTE;
  const until = now - 20 * MINUTE;
  try {
    for (let n = 0; n < MAILS; n++) {
      clock.now = Math.min(until, morning + Math.floor(((until - morning) * (n + random())) / MAILS));
      await oneMail(store, { at: clock.now, number: 1001 + n, random });
    }
  } finally {
    await store.close();
  }
}

const MAILS = 48;

async function oneMail(
  store: Store,
  { at, number, random }: { readonly at: number; readonly number: number; readonly random: () => number },
) {
  const [contact, name, to] = CUSTOMERS[Math.floor(random() * CUSTOMERS.length)] ?? CUSTOMERS[0];
  const kind = KINDS[Math.min(KINDS.length - 1, Math.floor(random() * 5) % 4)] ?? KINDS[0];
  const document = `${kind.prefix}${number}`;
  const id = createIdFactory({ now: () => at, randomBytes })() as MessageId;
  const message: PreparedMessage = {
    id,
    acceptedAt: at,
    account: 'erp',
    client: { address: '10.0.4.12', helo: 'erp.example.com', tls: null, user: 'erp' },
    envelope: {
      reversePath: { kind: 'address', address: address('billing@example.com') },
      recipients: [{ address: address(to), notify: null, orcpt: null }],
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: false,
    },
    headers: {
      subject: `${kind.subject} ${document}`,
      messageId: `${document}@erp.example.com`,
      from: 'Billing <billing@example.com>',
      date: null,
    },
    references: {
      ...NO_REFERENCES,
      document,
      documentType: kind.type,
      contact,
      template: kind.template,
      tags: { customer: name },
    },
    supersedes: null,
    received: 'Received: from erp.example.com by relay.example.com\r\n',
  };
  const content = store.openContent(message);
  await content.write(
    Buffer.from(`Subject: ${kind.subject} ${document}\r\n\r\nPlease find it attached.\r\n${' '.repeat(Math.floor(random() * 9000))}\r\n`),
  );
  await store.accept({ message, content, dueAt: at, expireAt: at + 5 * DAY });
  await delivered(store, { id, at, random });
}

/** Taken by the provider, as nearly all are; or refused. */
async function delivered(store: Store, { id, at, random }: { readonly id: MessageId; readonly at: number; readonly random: () => number }) {
  const started = at + 400;
  const took = 120 + Math.floor(random() * 700);
  const nextHop = 'smtp.provider.example:587';
  await store.claim({ message: id, indexes: [0], nextHop, leaseUntil: started + MINUTE, retryAt: started + MINUTE, now: started });
  const failure = random() < 0.045 ? FAILURES[Math.floor(random() * FAILURES.length)] : undefined;
  const [category, code, status, text] = failure ?? (['unknown', 250, '2.0.0', 'Ok: queued'] as const);
  const evidence = {
    kind: 'attempt-ended',
    attempt: {
      number: 1,
      at: started,
      durationMs: took,
      nextHop,
      address: '192.0.2.25:587',
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true, peerName: 'smtp.provider.example' },
      outcome: failure === undefined ? 'transferred' : 'failed',
      reply: { code, status, text },
      phase: failure === undefined ? 'final' : 'rcpt',
      ambiguous: false,
      error: null,
    },
    category,
    addressInvalid: category === 'mailbox-unknown',
    hop: 'provider',
    retryAt: started + MINUTE,
  } as const;
  await store.apply([{ message: id, index: 0, evidence }], started + took);
}

export interface Sent {
  readonly to: string | readonly string[];
  readonly subject: string;
  readonly document: string;
  readonly type: string;
  readonly contact: string;
  readonly template?: string;
}

/** A mail of today, as `POST /messages` takes it. */
export function asBody({ to, subject, document, type, contact, template = type }: Sent): object {
  const text = `Dear customer,\n\nplease find ${subject.toLowerCase()} attached.\n\nKind regards\nExample Ltd`;
  return {
    from: { name: 'Billing', address: 'billing@example.com' },
    to,
    subject,
    text,
    html: `<h1 style="font:600 22px sans-serif">${subject}</h1><p style="font:15px sans-serif">Dear customer,<br>please find your document attached.</p><p style="font:15px sans-serif">Kind regards<br>Example Ltd</p>`,
    account: 'erp',
    references: { document, documentType: type, contact, template },
    attachments: [{ filename: `${document}.pdf`, content: Buffer.alloc(48_000, 1).toString('base64') }],
  };
}

/** What is sent first while the relay runs: each fails in its way. The sandbox's hop answers by the local part. */
export const AWRY: readonly Sent[] = [
  { to: 'bounce@bakkerij-peeters.example', subject: 'Invoice 2026-1051', document: '2026-1051', type: 'invoice', contact: 'C-10412' },
  { to: 'bounce@skynte.be', subject: 'Invoice 2026-1052', document: '2026-1052', type: 'invoice', contact: 'C-10577' },
  { to: 'late-bounce@fabrikam.example', subject: 'Invoice 2026-1053', document: '2026-1053', type: 'invoice', contact: 'C-10502' },
  { to: 'stray-bounce@litware.example', subject: 'Order confirmation SO-1054', document: 'SO-1054', type: 'order', contact: 'C-10560' },
  { to: 'complaint@northwind.example', subject: 'Payment reminder R-1055', document: 'R-1055', type: 'reminder', contact: 'C-10433' },
];

/** And what comes after it. */
export const LATER: readonly Sent[] = [
  { to: 'confirm@contoso.example', subject: 'Invoice 2026-1056', document: '2026-1056', type: 'invoice', contact: 'C-10471' },
  { to: 'full@northwind.example', subject: 'Statement S-1057', document: 'S-1057', type: 'statement', contact: 'C-10433' },
  { to: 'defer@mueller-soehne.example', subject: 'Delivery note DN-1058', document: 'DN-1058', type: 'delivery', contact: 'C-10544' },
  { to: 'compta@brasserie-du-parc.example', subject: 'Invoice 2026-1059', document: '2026-1059', type: 'invoice', contact: 'C-10519' },
  {
    to: ['marc@garage-lambert.example', 'full@garage-lambert.example'],
    subject: 'Credit note CN-1060',
    document: 'CN-1060',
    type: 'credit-note',
    contact: 'C-10458',
  },
  { to: 'ap@fabrikam.example', subject: 'Order confirmation SO-1061', document: 'SO-1061', type: 'order', contact: 'C-10502' },
];

/** Mail that names no template: a stream. */
export const UNNAMED: readonly object[] = [41, 42, 43, 44].map((week) => ({
  from: 'shop@example.com',
  to: `crew${week}@example.net`,
  subject: `Timesheet of week ${week}`,
  text: `The hours of week ${week}.`,
  account: 'webshop',
}));

/** Invoices of one evening, by SMTP: one of them has not come. */
export const RUN = [62, 63, 64, 65, 66].map((n) => ({
  to: n === 64 ? 'full@contoso.example' : `invoices${n}@customer.example`,
  subject: `Invoice 2026-10${n}`,
  headers: { 'X-Relais-Run': 'Invoices of November; expected=6', 'X-Relais-Document': `2026-10${n}`, 'X-Relais-Document-Type': 'invoice' },
}));
