/** The erasure of one person's data, as every store does it. */
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/domain/ports.ts';
import type { SubjectErasureAnswer } from '../../src/domain/subject-erasure.ts';
import { type Clock, type Described, type Maker, reportEvidence, START } from './messages.ts';

const ANN = 'ann@partner.example';
const BOB = 'bob@partner.example';

export function subjectContract(given: () => { readonly store: Store; readonly make: Maker; readonly clock: Clock }): void {
  async function sent(described: Described): Promise<MessageId> {
    const { store, make } = given();
    const { id } = await make.accept(store, described);
    for (const index of (described.recipients ?? ['']).keys()) await make.attempt(store, id, 'transferred', index);
    return id;
  }
  const erase = (more: { readonly dryRun?: boolean; readonly force?: boolean } = {}): Promise<SubjectErasureAnswer> => {
    const { store, clock } = given();
    clock.now += 1000;
    return store.eraseSubject({ address: ANN, dryRun: false, force: false, by: 'dpo', now: clock.now, ...more });
  };

  describe("erasing one person's data", () => {
    it('erases what is to them alone, and replaces the address where others got it too', async () => {
      const { store } = given();
      const alone = await sent({ recipients: ['Ann@Partner.example'] });
      const shared = await sent({ recipients: [BOB, ANN], subject: `For ${ANN} and Bob`, body: 'Subject: x\r\n\r\nHello both\r\n' });
      const other = await sent({ recipients: [BOB] });
      expect(await erase({ dryRun: true })).toMatchObject({ kind: 'counted', counts: { erased: 1, rewritten: 1, pending: 0 } });
      expect(await store.record(alone)).toBeDefined();
      const answer = await erase();
      expect(answer).toMatchObject({ kind: 'erased', record: { by: 'dpo', counts: { erased: 1, rewritten: 1 }, unfinished: [] } });
      const pseudonym = await store.pseudonymOf(ANN);
      expect(pseudonym).toMatch(/^erased-[0-9a-f]{32}@erased\.invalid$/);
      expect(answer).toMatchObject({ record: { pseudonym } });
      expect(await store.record(alone)).toBeUndefined();
      const detail = await store.message(shared);
      expect(detail?.recipients.map(({ address, state }) => [address, state])).toEqual([
        [BOB, 'transferred'],
        [pseudonym, 'transferred'],
      ]);
      expect(detail?.message.headers.subject).toBe(`For ${pseudonym} and Bob`);
      expect(JSON.stringify(detail)).not.toContain(ANN);
      expect((await store.message(other))?.message.envelope.recipients).toMatchObject([{ address: BOB }]);
      expect((await store.messages({ recipient: ANN }, { limit: 5 })).items).toEqual([]);
      expect((await store.messages({ recipient: pseudonym }, { limit: 5 })).items.map(({ message }) => message.id)).toEqual([shared]);
      expect(JSON.stringify((await store.changes({ after: 0, limit: 100 })).items)).not.toContain(ANN);
      expect((await store.erasures.list()).map(({ value }) => value.pseudonym)).toEqual([pseudonym]);
    });

    it('erases a content that names them, and leaves one that does not', async () => {
      const { store } = given();
      const names = await sent({ recipients: [BOB, ANN], body: `To: ${BOB}, Ann <${ANN}>\r\n\r\nHello\r\n` });
      const not = await sent({ recipients: [BOB, ANN], body: 'Subject: x\r\n\r\nHello both\r\n' });
      expect(await erase()).toMatchObject({ record: { counts: { rewritten: 2, contents: 1 } } });
      expect((await store.message(names))?.contentErased).toBe(true);
      expect((await store.content(not)).bytes?.toString()).toBe('Subject: x\r\n\r\nHello both\r\n');
      expect((await store.message(not))?.message.sha256).toBe((await store.content(not)).sha256);
    });

    it('is refused with a count while something is in the queue, unless forced', async () => {
      const { store, make } = given();
      const alone = (await make.accept(store, { recipients: [ANN] })).id;
      const shared = (await make.accept(store, { recipients: [ANN, BOB] })).id;
      expect(await erase()).toMatchObject({ kind: 'pending', counts: { pending: 2 } });
      expect((await store.record(alone))?.recipients[0]?.state).toBe('queued');
      expect(await erase({ force: true })).toMatchObject({ kind: 'erased' });
      expect(await store.record(alone)).toBeUndefined();
      // It still goes to Bob.
      expect((await store.record(shared))?.recipients.map(({ state }) => state)).toEqual(['cancelled', 'queued']);
      await make.attempt(store, shared, 'transferred', 1);
      expect((await store.record(shared))?.recipients[1]?.state).toBe('transferred');
    });

    it('leaves what lies under a legal hold, and says which', async () => {
      const { store } = given();
      const held = await sent({ recipients: [ANN] });
      const record = { name: 'case', message: null, filter: { recipient: ANN, to: START + 1 }, reason: 'a case', by: null, at: START };
      await store.legalHolds.put('filter case', record);
      expect(await erase({ force: true })).toMatchObject({ record: { counts: { erased: 0, held: 1 }, holds: ['case'] } });
      expect((await store.record(held))?.recipients[0]?.address).toBe(ANN);
    });

    it('goes through reports, the audit log, signals and suppressions, which hold by the hash', async () => {
      const { store, make, clock } = given();
      const shared = await sent({ recipients: [BOB, ANN], body: 'Subject: x\r\n\r\nboth\r\n' });
      const report = make.report({ matched: { message: shared, index: 1, rank: 1 }, subject: `Returned: ${ANN}` });
      const items = [{ message: shared, index: 1, evidence: reportEvidence(report.id, 'failed') }];
      await store.recordReport({ report, raw: Buffer.from(`Final-Recipient: rfc822;${ANN}`), items, now: clock.now });
      const by = { kind: 'user', name: 'ann' } as const;
      const subject = { kind: 'address', id: ANN } as const;
      await store.appendAudit({ at: clock.now, by, action: 'suppression.set', subject, detail: { note: `asked: ${ANN}` }, address: null });
      const delivery = make.delivery({ seq: store.lastSeq, body: JSON.stringify({ data: { recipient: { address: ANN } } }) });
      await store.recordSignals({ consumer: 's', seq: store.lastSeq, deliveries: [delivery], now: clock.now });
      const suppressed = { address: ANN, reason: 'complaint' as const, note: null, by: null, at: clock.now, until: null, message: shared };
      await store.suppressions.put(ANN, suppressed);
      expect(await erase()).toMatchObject({ record: { counts: { rewritten: 1, reports: 1 } } });
      const pseudonym = await store.pseudonymOf(ANN);
      const kept = await store.report(report.id);
      expect(kept?.raw.length).toBe(0);
      expect(kept?.report).toMatchObject({ subject: `Returned: ${pseudonym}`, sha256: expect.any(String), matched: { message: shared } });
      expect((await store.audits({ subject: pseudonym }, { limit: 5 })).items).toMatchObject([{ detail: { note: `asked: ${pseudonym}` } }]);
      expect((await store.audits({ subject: ANN }, { limit: 5 })).items).toEqual([]);
      expect((await store.signal(delivery.id))?.body).toContain(pseudonym);
      expect(await store.suppressions.get(ANN)).toBeUndefined();
      expect(await store.suppressions.get(pseudonym)).toMatchObject({ address: pseudonym, reason: 'complaint' });
    });
  });
}
