/** The desk of the references over the store in memory, without a reader of documents: the mail of these tests has none. */
import type { ReferenceDesk } from '../../src/domain/ports.ts';
import { compileReferences } from '../../src/domain/reference-rules.ts';
import type { ReferenceSettings } from '../../src/domain/settings.ts';
import { createDesk } from '../../src/relay/references/desk.ts';
import { DocumentReader } from '../../src/relay/references/index.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';

export function fakeReferenceDesk(store: MemoryStore, settings: ReferenceSettings, now: () => number): ReferenceDesk {
  const documents = new DocumentReader({ log: recordingLog() });
  return createDesk({
    store,
    sources: { store, documents },
    rules: { settings, compiled: compileReferences(settings) },
    now,
    behind: () => 0,
  });
}
