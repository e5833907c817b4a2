import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SignedEvidence } from '../../src/domain/evidence.ts';
import { checkEvidence, type EvidenceFinding, readEvidence } from '../../src/domain/evidence-check.ts';
import type { MessageId, ReportId } from '../../src/domain/ids.ts';
import { attachedStatement, holdsAsSigned, isPdf } from '../../src/evidence/index.ts';
import { Evidence, EvidenceKey, Seal } from '../../src/http/api/schemas-evidence.ts';
import { reportEvidence } from '../contract/messages.ts';
import { signedIn } from './browser.ts';
import { accept, createRoom, endAttempt, problemOf, type Room, report, reported } from './harness.ts';

let room: Room;
beforeEach(() => {
  room = createRoom();
});

const base = (id: string): string => `/api/v1/messages/${id}/evidence`;

async function sent(mail: Parameters<typeof accept>[1] = {}): Promise<MessageId> {
  const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'], references: { document: 'INV/1' }, ...mail });
  await endAttempt(room, id, 0, { outcome: 'transferred' });
  await endAttempt(room, id, 1, { outcome: 'failed', text: '550 5.1.1 no such user', category: 'mailbox-unknown' });
  return id;
}

async function evidenceOf(path: string, init: RequestInit = {}): Promise<{ readonly evidence: SignedEvidence; readonly text: string }> {
  const answer = await room.call(path, init);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  return { evidence: Evidence.parse(JSON.parse(text)) as unknown as SignedEvidence, text };
}

async function keyOfRelay(): Promise<string> {
  return EvidenceKey.parse(await room.get('/api/v1/evidence/key')).key;
}

function failing(findings: readonly EvidenceFinding[]): string[] {
  return findings.filter(({ holds }) => holds !== true).map(({ what, detail }) => `${what}: ${detail}`);
}

describe('GET /messages/{id}/evidence', () => {
  it('says all that is known, sealed and signed, and what it does not prove', async () => {
    const content = 'Subject: x\r\n\r\nHello\r\n';
    const id = await sent({ content });
    const { evidence, text } = await evidenceOf(base(id));
    const { statement } = evidence;
    expect(statement.messages).toHaveLength(1);
    const [message] = statement.messages;
    expect(message).toMatchObject({ id, account: 'erp', sha256: createHash('sha256').update(content).digest('hex'), contentKept: true });
    expect(message?.recipients.map(({ address, state, confidence }) => [address, state, confidence])).toEqual([
      ['ann@partner.example', 'transferred', 'accepted-by-provider'],
      ['bob@partner.example', 'failed', 'recorded'],
    ]);
    // Never said of a 250.
    expect(message?.recipients[0]?.means).toMatch(/accepted the message \(reply 250\)/);
    expect(JSON.stringify([message?.recipients[0]?.means])).not.toMatch(/delivered/i);
    expect(message?.recipients[0]?.doesNotProve.join()).toMatch(/read/);
    expect(message?.recipients[1]?.attempts).toMatchObject([{ number: 1, outcome: 'failed', reply: { code: 550 } }]);
    expect(message?.events.map(({ plain, state }) => [plain['type'], state])).toEqual([
      ['message.accepted', 'sealed'],
      ['recipient.transferred', 'sealed'],
      ['recipient.failed', 'sealed'],
    ]);
    expect(message?.events[0]?.plain['sha256']).toBe(message?.sha256);
    const read = readEvidence(text);
    expect(read).toMatchObject({ layout: true });
    expect(failing(checkEvidence(evidence, { key: await keyOfRelay() }))).toEqual([]);
  });

  it('names each report with its rank', async () => {
    const id = await sent();
    const reportId = '01KJTW8000ABCDEFGHJKMNPQRS' as ReportId;
    await report(room, {
      id: reportId,
      matched: { message: id, index: 0, rank: 1 },
      recipients: [reported({ diagnostic: '550 unknown' })],
      items: [{ message: id, index: 0, evidence: reportEvidence(reportId, 'failed') }],
    });
    const { evidence } = await evidenceOf(base(id));
    const [recipient] = evidence.statement.messages[0]?.recipients ?? [];
    expect(recipient).toMatchObject({
      state: 'failed',
      failure: { source: 'report' },
      reports: [{ rank: 1, action: 'failed', diagnostic: '550 unknown' }],
    });
    expect(recipient?.means).toMatch(/accepted the message at first/);
    expect(recipient?.reports[0]?.rankMeans).toMatch(/signed address/);
  });

  it('is a PDF where one is asked for, signed as a whole, with the same statement in it', async () => {
    const id = await sent({ subject: 'Ünvoice Łódź' });
    const answers = [await room.call(`${base(id)}.pdf`), await room.call(base(id), { headers: { accept: 'application/pdf' } })];
    for (const [i, answer] of answers.entries()) {
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="evidence-${id}.pdf"`);
      const file = Buffer.from(await answer.arrayBuffer());
      expect(isPdf(file)).toBe(true);
      if (i > 0) continue;
      const text = (await attachedStatement(file)) ?? '';
      const { evidence } = readEvidence(text) as { evidence: SignedEvidence };
      expect(evidence.statement.subject).toEqual({ kind: 'message', message: id });
      expect(failing(checkEvidence(evidence, { key: await keyOfRelay() }))).toEqual([]);
      const { publicKey } = evidence.signature;
      expect(holdsAsSigned(file, publicKey)).toBe(true);
      for (const at of [100, Math.floor(file.length / 2), file.length - 250, file.length - 20, file.length - 1]) {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(holdsAsSigned(changed, publicKey), String(at)).toBe(false);
      }
      expect(holdsAsSigned(Buffer.concat([file, Buffer.from('\n')]), publicKey)).toBe(false);
    }
    expect((await room.call(`${base(id)}.json`, { headers: { accept: 'application/pdf' } })).headers.get('content-type')).toMatch(/json/);
    expect((await room.call(base(id), { headers: { accept: 'application/pdf, application/json' } })).headers.get('content-type')).toMatch(
      /json/,
    );
  });

  it('speaks the language that is asked for, else that of the account', async () => {
    const id = await sent();
    const languageOf = async (query: string, headers: Record<string, string> = {}) =>
      (await evidenceOf(base(id) + query, { headers })).evidence.statement;
    expect(await languageOf('')).toMatchObject({ language: 'en' });
    expect(await languageOf('', { 'accept-language': 'de-CH, en;q=0.5' })).toMatchObject({ language: 'de' });
    const french = await languageOf('?language=fr', { 'accept-language': 'de' });
    expect(french).toMatchObject({ language: 'fr' });
    expect(french.limits.join()).toMatch(/horloge/);
    expect((await languageOf('?language=nl')).messages[0]?.recipients[0]?.means).toMatch(/aanvaard/);
    expect(await problemOf(await room.call(`${base(id)}?language=xx`))).toMatchObject({ status: 400, errors: [{ path: 'language' }] });
  });

  it('is made for whoever may read the message, is recorded, and for nobody else', async () => {
    const id = await sent();
    const token = await room.token('erp-only', { role: 'viewer', accounts: ['payroll'] });
    expect((await room.call(base(id), { token })).status).toBe(404);
    expect((await room.call(base('01KJTW8000ABCDEFGHJKMNPQRS'))).status).toBe(404);
    expect((await room.store.audits({ action: 'evidence.made' }, { limit: 5 })).items).toEqual([]);
    await evidenceOf(base(id));
    await room.call(`${base(id)}.pdf`);
    const { items } = await room.store.audits({ action: 'evidence.made' }, { limit: 5 });
    expect(items.map(({ subject, detail }) => [subject, detail])).toEqual([
      [{ kind: 'message', id }, { form: 'pdf' }],
      [{ kind: 'message', id }, { form: 'json' }],
    ]);
  });

  it('holds for the others after a person was erased, and says so', async () => {
    const id = await sent();
    await evidenceOf(base(id));
    room.advance(1000);
    await room.store.eraseSubject({
      address: 'bob@partner.example',
      dryRun: false,
      force: false,
      by: 'dpo',
      now: Date.parse('2026-02-02'),
    });
    const { evidence, text } = await evidenceOf(base(id));
    expect(text).not.toContain('bob@partner.example');
    const findings = checkEvidence(evidence, { key: await keyOfRelay() });
    expect(failing(findings)).toEqual([expect.stringMatching(/^erased: From 1 events/)]);
    expect(evidence.statement.messages[0]?.events.map(({ state }) => state)).toEqual(['sealed', 'sealed', 'sealed']);
  });
});

describe('GET /documents/{document}/evidence', () => {
  it('is of all mail that carried it, with the verdict', async () => {
    const ids = [await sent(), await sent()];
    const path = `/api/v1/documents/${encodeURIComponent('INV/1')}/evidence`;
    const { evidence } = await evidenceOf(path);
    expect(evidence.statement.subject).toMatchObject({ kind: 'document', document: 'INV/1', verdict: 'failed', more: false });
    expect(evidence.statement.messages.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(failing(checkEvidence(evidence, { key: await keyOfRelay() }))).toEqual([]);
    const file = await room.call(`${path}.json?language=de`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="evidence-INV-1.json"');
    expect((await room.call('/api/v1/documents/none/evidence')).status).toBe(404);
    const { items } = await room.store.audits({ action: 'evidence.made', subjectKind: 'document' }, { limit: 5 });
    expect(items.map(({ subject }) => subject.id)).toEqual(['INV/1', 'INV/1']);
  });
});

describe('GET /evidence/seals', () => {
  it('gives the seals, which the evidence is found under by whoever kept them', async () => {
    const ids = [await sent(), await sent()];
    const files: SignedEvidence[] = [];
    for (const id of ids) files.push((await evidenceOf(base(id))).evidence);
    await sent();
    await evidenceOf(base(ids[0] ?? ''));
    const first = await room.get<{ items: unknown[]; next: number | null }>('/api/v1/evidence/seals?limit=1');
    const rest = await room.get<{ items: unknown[]; next: number | null }>(`/api/v1/evidence/seals?after=${first.next}`);
    expect([first.items.length, rest.items.length, rest.next]).toEqual([1, 1, null]);
    const seals = [...first.items, ...rest.items].map((item) => Seal.parse(item));
    const key = await keyOfRelay();
    for (const evidence of files) expect(failing(checkEvidence(evidence, { key, seals }))).toEqual([]);
    const [one, two] = seals;
    if (one === undefined || two === undefined || files[0] === undefined) throw new Error('there are two');
    // Whoever kept other seals sees that the past was written anew.
    expect(failing(checkEvidence(files[0], { key, seals: [{ ...one, root: two.root }] }))).toEqual([
      expect.stringMatching(/^seal-chain: .*written anew/),
    ]);
    expect(failing(checkEvidence(files[0], { key, seals: [two, one] }))).toEqual([expect.stringMatching(/^seal-chain: .*does not follow/)]);
  });
});

describe('the pages', () => {
  it('of a message and of a document lead to their evidence, in the language of the page', async () => {
    const id = await sent();
    const get = await signedIn(room);
    const message = await (await get(`/messages/${id}`, { headers: { 'accept-language': 'nl' } })).text();
    expect(message).toContain(`href="/api/v1/messages/${id}/evidence.pdf?language=nl"`);
    const document = await (await get('/documents/INV%2F1')).text();
    expect(document).toContain('href="/api/v1/documents/INV%2F1/evidence.pdf?language=en&amp;administration="');
    const answer = await get('/api/v1/documents/INV%2F1/evidence.json?language=en&administration=');
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="evidence-INV-1.json"']);
  });
});
