/** The part of the contract that is about the audit log: appended to, read newest first. */
import { describe, expect, it } from 'vitest';
import type { AuditEntry, AuditFilter } from '../../src/domain/audit.ts';
import { idTime } from '../../src/domain/ids.ts';
import type { Store } from '../../src/domain/ports.ts';
import { type Clock, HOUR, START } from './messages.ts';
import { expectStoreError } from './store.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
}

export function auditContract(parts: () => Parts): void {
  const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
    at: parts().clock.now,
    by: { kind: 'user', name: 'ann' },
    action: 'content.read',
    subject: { kind: 'message', id: 'M1' },
    detail: { what: 'preview' },
    address: '192.0.2.7',
    ...more,
  });
  const details = async (filter: AuditFilter): Promise<unknown[]> =>
    (await parts().store.audits(filter, { limit: 500 })).items.map(({ detail }) => detail['n']);

  describe('the audit log', () => {
    it('keeps what was appended, newest first, under ids that ascend', async () => {
      const { store, clock } = parts();
      const first = await store.appendAudit(entry());
      clock.now += HOUR;
      const both = await store.appendAudit(entry({ action: 'message.resent', detail: { resent: 'M2' } }), entry({ address: null }));
      const ids = [...first, ...both].map(({ id }) => id);
      expect([...ids].sort()).toEqual(ids);
      expect(idTime(ids[0] ?? '')).toBe(START);
      const { items, next } = await store.audits({}, { limit: 10 });
      expect(items).toEqual([...first, ...both].reverse());
      expect(items[2]).toEqual({ id: ids[0], ...entry({ at: START }) });
      expect(next).toBeNull();
      expect(store.lastSeq).toBe(0);
    });

    it('is searched by who, what, whom it concerned and when, and by all of it', async () => {
      const { store, clock } = parts();
      for (let n = 0; n < 12; n++) {
        clock.now = START + n * HOUR;
        await store.appendAudit(
          entry({
            by: { kind: n % 2 === 0 ? 'user' : 'token', name: n % 2 === 0 ? 'ann' : 'erp' },
            action: n % 3 === 0 ? 'message.deleted' : 'content.read',
            subject: n % 4 === 0 ? { kind: 'user', id: 'M1' } : { kind: 'message', id: `M${n % 4}` },
            detail: { n },
          }),
        );
      }
      await store.appendAudit(entry({ action: 'cleanup.run', subject: { kind: 'all', id: '' }, detail: { n: 12 } }));
      expect(await details({ by: 'erp' })).toEqual([11, 9, 7, 5, 3, 1]);
      expect(await details({ action: 'message.deleted' })).toEqual([9, 6, 3, 0]);
      expect(await details({ subject: 'M1' })).toEqual([9, 8, 5, 4, 1, 0]);
      expect(await details({ subject: 'M1', subjectKind: 'user' })).toEqual([8, 4, 0]);
      expect(await details({ subjectKind: 'user' })).toEqual([8, 4, 0]);
      expect(await details({ by: 'ann', action: 'message.deleted', subject: 'M1' })).toEqual([0]);
      expect(await details({ from: START + 3 * HOUR, to: START + 5 * HOUR })).toEqual([4, 3]);
      expect(await details({ by: 'erp', from: START + 3 * HOUR, to: START + 7 * HOUR + 1 })).toEqual([7, 5, 3]);
      expect(await details({ by: 'er' })).toEqual([]);
    });

    it('goes on from a cursor, whatever is appended meanwhile', async () => {
      const { store } = parts();
      await store.appendAudit(...Array.from({ length: 7 }, (_, n) => entry({ detail: { n }, by: { kind: 'user', name: `u${n % 2}` } })));
      for (const filter of [{}, { by: 'u0' }, { by: 'u0', action: 'content.read' }] as const) {
        const all = await details(filter);
        const seen: unknown[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.audits(filter, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
          expect(page.items.length).toBeLessThanOrEqual(3);
          seen.push(...page.items.map(({ detail }) => detail['n']));
          cursor = page.next ?? undefined;
          await store.appendAudit(entry({ detail: { n: 'later' }, by: { kind: 'user', name: 'u0' } }));
        } while (cursor !== undefined);
        expect(seen).toEqual(all);
      }
    });

    it('refuses a cursor of another list', async () => {
      await expectStoreError(parts().store.audits({}, { limit: 3, cursor: 'AAAA' }), 'bad-cursor');
    });
  });
}
