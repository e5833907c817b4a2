/** A store in a directory that goes, filled with mail in every state; what the store's fault tests share. */

import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { AcceptedMessage } from '../../src/domain/message.ts';
import type { Store } from '../../src/domain/ports.ts';
import { NO_CHANGES } from '../../src/domain/signal.ts';
import { openStore, type StoreOptions } from '../../src/store/index.ts';
import { rebuildStore } from '../../src/store/rebuild.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { Clock, DAY, Maker, reportEvidence } from '../contract/messages.ts';
import { recordingLog } from '../support/recording-log.ts';
import { sealOnce } from '../support/sealing.ts';

export function storeBench() {
  const dirs: string[] = [];
  const stores: Store[] = [];
  const clock = new Clock();
  const maker = new Maker(clock);
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  const kept: string[] = [];
  const newDir = (list = dirs): string => {
    const dir = mkdtempSync(join(tmpdir(), 'relais-faults-'));
    list.push(dir);
    return join(dir, 'data');
  };
  const openIn = (dataDir: string, options: Partial<StoreOptions> = {}): Promise<Store> =>
    openStore({ dataDir, diskFloor: 0, now: clock.read, log: recordingLog(), ...options });
  return {
    clock,
    maker,
    newDir: () => newDir(),
    open: async (dataDir: string, options: Partial<StoreOptions> = {}): Promise<Store> => {
      const store = await openIn(dataDir, options);
      stores.push(store);
      return store;
    },
    /** For what all tests of a file share; who opens closes. */
    keepUntilEnd: {
      newDir: () => newDir(kept),
      open: openIn,
      dispose: () => {
        for (const dir of kept.splice(0)) rmSync(dir, { recursive: true, force: true });
      },
    },
    verify: (dataDir: string) => verifyStore({ dataDir, now: clock.read, log: recordingLog() }),
    rebuild: (dataDir: string) => rebuildStore({ dataDir, now: clock.read, log: recordingLog() }),
    copyOf: (dataDir: string): string => {
      const copy = newDir();
      cpSync(dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('reserve') });
      sparseReserve(copy);
      return copy;
    },
    /** Mail that waits, was transferred, failed, was deferred, reported, erased, deleted; one of it large. */
    fill: async (store: Store): Promise<AcceptedMessage[]> => {
      const references = { document: 'INV-1', contact: 'C-7', template: 'invoice', tags: { run: '7' } };
      const accepted: AcceptedMessage[] = [];
      for (let i = 0; i < 6; i++) {
        const recipients = [`ann${i}@customer.example`, `bob${i}@partner.example`].slice(0, 1 + (i % 2));
        accepted.push(
          await maker.accept(store, {
            subject: `Invoice ${i}`,
            recipients,
            references,
            body: `Subject: Invoice ${i}\r\n\r\nText ${i}.\r\n`,
            ...(i === 4 ? { envid: 'order 4' } : {}),
            ...(i === 3 ? { key: { value: 'order 3', until: clock.now + DAY } } : {}),
          }),
        );
      }
      accepted.push(await maker.accept(store, { subject: 'Large', body: Buffer.alloc(1_300_000, 'large text \r\n') }));
      const id = (index: number) => accepted[index]?.id ?? maker.prepare().id;
      await maker.attempt(store, id(1), 'transferred');
      await maker.attempt(store, id(1), 'failed', 1);
      await maker.attempt(store, id(2), 'deferred');
      await maker.claim(store, id(3));
      await maker.attempt(store, id(4), 'transferred', 0, { remoteId: '4XyZ12AbCd' });
      await store.appendAudit(
        {
          at: clock.now,
          by: { kind: 'user', name: 'ann' },
          action: 'content.read',
          subject: { kind: 'message', id: id(1) },
          detail: { what: 'preview' },
          address: '192.0.2.7',
        },
        {
          at: clock.now,
          by: { kind: 'local', name: 'local' },
          action: 'cleanup.run',
          subject: { kind: 'all', id: '' },
          detail: { records: 3 },
          address: null,
        },
      );
      const report = maker.report({ matched: { message: id(4), index: 0, rank: 1 } });
      const items = [{ message: id(4), index: 0, evidence: reportEvidence(report.id, 'delayed') }];
      await store.recordReport({ report, raw: Buffer.from('Action: delayed\r\n'), items, now: clock.now, fingerprint: 'f4' });
      await store.recordReport({ report: maker.report(), raw: Buffer.from('What is this?\r\n'), items: [], now: clock.now });
      await store.apply([{ message: id(0), index: 0, evidence: { kind: 'cancelled' } }], clock.now);
      await store.erase({ ids: [id(0)], force: false, now: clock.now });
      await store.recordSignals({
        consumer: 'signals',
        seq: 3,
        deliveries: [maker.delivery({ about: [1, 2] })],
        changes: { ...NO_CHANGES, signals: [maker.signalRecord()] },
        now: clock.now,
      });
      await sealOnce(store, clock.now);
      await store.consumers.put('erp', { seq: 5, at: clock.now });
      await maker.suppress(store, 'eve@customer.example');
      await store.nextHops.put('hop.example:25', { paused: null, failures: 1, blockedUntil: 0, lastError: null, sentAt: [] });
      await store.mailboxes.put('bounces', { uidValidity: '7', lastUid: 12, lastRun: null });
      await store.tokens.put('ops', {
        name: 'ops',
        hash: 'ab',
        role: 'admin',
        permissions: null,
        accounts: null,
        createdAt: 1,
        expiresAt: null,
      });
      return accepted;
    },
  };
}

/** The room that a store puts aside, without writing it: most of what opening costs. */
export function sparseReserve(dataDir: string): void {
  const path = join(dataDir, 'reserve');
  writeFileSync(path, '');
  truncateSync(path, 8 * 1024 * 1024);
}

/** Ids of all messages, oldest first. */
export async function allIds(store: Store): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Awaited<ReturnType<Store['messages']>> = await store.messages(
      {},
      { limit: 500, ...(cursor === undefined ? {} : { cursor }) },
    );
    ids.push(...page.items.map(({ message }) => message.id));
    cursor = page.next;
  }
  return ids.reverse();
}
