/** Signals by mail: to whom, in which language, what they say; and never about one another. */
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import { BY_CAUSE, type MailChannel, type SignalRule, signalRule } from '../../src/domain/signal-rule.ts';
import type { SignalsOptions } from '../../src/signals/index.ts';
import { acceptMessage, address, attempt, failedAttempt, transferredAttempt } from '../support/accepted-message.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { openRoom, type Room } from './room.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function mail(...to: string[]): MailChannel {
  return { kind: 'mail', to, language: 'nl', account: 'default' };
}

const rule = (notify: MailChannel, more: Partial<SignalRule> = {}): SignalRule =>
  signalRule({ name: 'sending failed', on: ['recipient.failed'], group: BY_CAUSE, notify: [notify], ...more });

async function open(store: MemoryStore, one: SignalRule, more: Partial<SignalsOptions> = {}): Promise<Room> {
  const room = await openRoom({
    store,
    rules: [one],
    hostname: 'relay.test',
    accounts: [{ name: 'erp', language: 'fr' }],
    owners: [{ match: { template: ['invoice*'] }, mail: ['sales@example.com', 'Anna@Example.com'], language: 'de' }],
    links: {
      publicUrl: 'https://relay.test/',
      documentUrl: 'https://erp.test/document/{document}',
      contactUrl: 'https://erp.test/contact/{contact}',
    },
    ...more,
  });
  closing.push(() => room.stop(0));
  return room;
}

async function fail(store: MemoryStore, more: Parameters<typeof acceptMessage>[1] = {}): Promise<string> {
  const message = await acceptMessage(store, {
    headers: { subject: 'Facture <b>1</b>' },
    references: { document: 'INV-1', contact: 'C 9', template: 'invoice-fr' },
    ...more,
  });
  await attempt(store, message.id, 0, failedAttempt);
  return message.id;
}

async function mails(store: MemoryStore, { submitter }: Room, count: number) {
  while (submitter.requests.length < count || (await store.pendingSignals()).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 2));
  return Promise.all(
    submitter.requests.map(async (request) => {
      if (!Buffer.isBuffer(request.content)) throw new Error('a mail of signals is small');
      return { request, parsed: await simpleParser(request.content), raw: request.content.toString() };
    }),
  );
}

describe('mail', () => {
  it('goes to the sender, the owner and fixed addresses, each once and in their language', async () => {
    const store = createMemoryStore();
    const room = await open(store, rule(mail('ops@example.com', 'sender', 'owner')));
    await fail(store, { envelope: { reversePath: { kind: 'address', address: address('anna@example.com') } } });
    const sent = await mails(store, room, 3);
    expect(sent.map(({ request, parsed }) => [request.envelope.recipients[0]?.address, parsed.subject])).toEqual([
      ['ops@example.com', 'partner.example: mailbox bestaat niet – 1 ontvanger'],
      ['anna@example.com', 'partner.example: boîte inexistante – 1 destinataire'],
      ['sales@example.com', 'partner.example: Postfach gibt es nicht – 1 Empfänger'],
    ]);
  });

  it('has text and HTML, links into dashboard and ERP, and nothing of the mail as markup', async () => {
    const store = createMemoryStore();
    const room = await open(store, rule(mail('ops@example.com')));
    const id = await fail(store);
    const [{ request, parsed, raw } = { request: undefined, parsed: undefined, raw: '' }] = await mails(store, room, 1);
    expect(request).toMatchObject({
      origin: 'notification',
      account: 'default',
      envelope: { reversePath: { kind: 'null' }, recipients: [{ notify: 'never' }] },
    });
    expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(raw.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    expect(parsed?.text).toContain('  ann@partner.example\n    Facture <b>1</b>\n    Document: INV-1');
    expect(parsed?.text).toContain('Antwoord: 550 so it is');
    expect(parsed?.text).toContain(`https://relay.test/messages/${id}`);
    expect(parsed?.text).toContain('Document: https://erp.test/document/INV-1');
    expect(parsed?.text).toContain('Contact: https://erp.test/contact/C%209');
    expect(parsed?.html).toContain('Facture &lt;b&gt;1&lt;/b&gt;');
    expect(parsed?.html).not.toMatch(/<(?:script|img|link)\b/);
    expect(parsed?.html).toContain(`href="https://relay.test/messages/${id}"`);
    expect(parsed?.html).toMatch(/href="https:\/\/relay\.test\/signals\/\w{26}"/);
  });

  it('R62 is one message however often it is submitted; sent again by hand it is another', async () => {
    const store = createMemoryStore();
    const room = await open(store, rule(mail('ops@example.com')));
    await fail(store);
    await mails(store, room, 1);
    const [delivery] = (await store.signals({ signal: 'sending failed' }, { limit: 9 })).items;
    expect(delivery).toMatchObject({
      state: 'delivered',
      lastAnswer: expect.stringMatching(/^recorded as \w{26}$/),
      message: expect.any(String),
    });
    await room.stop(0);
    // The crash came between submitting and noting it.
    await store.updateSignal({ ...(delivery ?? fault()), state: 'pending', attempts: 0, nextAttemptAt: 0 });
    const again = await open(store, rule(mail('ops@example.com')));
    await mails(store, again, 1);
    expect((await store.signal(delivery?.id ?? ''))?.message).toBe(delivery?.message);
    await again.desk.retry(delivery?.id ?? '');
    await mails(store, again, 2);
    expect((await store.signal(delivery?.id ?? ''))?.message).not.toBe(delivery?.message);
  });

  it('that fails itself is no signal, and neither is any other notification', async () => {
    const store = createMemoryStore();
    const room = await open(store, rule(mail('ops@example.com')));
    await fail(store);
    await mails(store, room, 1);
    const [{ message } = { message: undefined }] = (await store.signals({ signal: 'sending failed' }, { limit: 9 })).items;
    if (message === undefined) throw new Error('no mail was recorded');
    await attempt(store, message, 0, failedAttempt);
    const other = await acceptMessage(store, { recipients: ['bob@other.example'] });
    await attempt(store, other.id, 0, failedAttempt);
    await mails(store, room, 2);
    expect(room.desk.records({}).map(({ cause }) => cause.domain)).toEqual(['other.example', 'partner.example']);
  });

  it('says that it is over when a resend went through', async () => {
    const store = createMemoryStore();
    const room = await open(store, rule(mail('ops@example.com'), { on: ['recipient.deferred'] }));
    const message = await acceptMessage(store);
    await attempt(store, message.id, 0, { outcome: 'deferred', code: 451, category: 'rate', addressInvalid: false });
    await mails(store, room, 1);
    await store.apply([{ message: message.id, index: 0, evidence: { kind: 'retry' } }], Date.now());
    await attempt(store, message.id, 0, transferredAttempt);
    const [first, over] = await mails(store, room, 2);
    expect(over?.parsed.subject).toBe('Voorbij: partner.example: te veel mail tegelijk – 1 ontvanger');
    expect(over?.parsed.text).toContain('Alles is inmiddels doorgekomen.');
    // Mail programs show the two as one conversation.
    expect(over?.parsed.references).toEqual(first?.parsed.references);
  });

  it('that is not taken now is tried again, and kept as failed where it never will be', async () => {
    const store = createMemoryStore();
    const room = await open(store, rule(mail('ops@example.com')), { retryDelays: [5] });
    room.submitter.refusal = { code: 452, status: '4.3.1', text: 'No room' };
    await fail(store);
    while (room.submitter.requests.length < 1) await new Promise((resolve) => setTimeout(resolve, 2));
    room.submitter.refusal = { code: 550, status: '5.7.1', text: 'No' };
    await mails(store, room, 2);
    expect((await store.signals({ signal: 'sending failed' }, { limit: 9 })).items).toMatchObject([
      { state: 'failed', attempts: 2, lastAnswer: '550 5.7.1 No' },
    ]);
  });
});

function fault(): never {
  throw new Error('there is no delivery');
}
