/**
 * References: what mail is about, as far as it is told by more than its header section: attachments, XML
 * documents in them, and the stream of mail of its kind. Completes each message once it is accepted, while
 * the relay has time for it; tries rules, and applies changed ones to the past.
 *
 *   upstream    the change feed, from a consumer position of its own; people, through the desk
 *   downstream  the store
 *   failure     nothing here can stop mail. What could not be completed is tried again.
 */
import type { Log } from '../../domain/log.ts';
import type { ReferenceDesk, Store } from '../../domain/ports.ts';
import { compileReferences } from '../../domain/reference-rules.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { createDesk } from './desk.ts';
import { DocumentReader } from './document-reader.ts';
import { Follower } from './follower.ts';
import { PACING, type Pacing } from './pace.ts';

export { DocumentReader } from './document-reader.ts';
export { factsOf, streamFacts } from './facts.ts';

export interface ReferencesOptions {
  readonly store: Store;
  readonly settings: ReferenceSettings;
  readonly now: () => number;
  readonly log: Log;
  readonly pacing?: Partial<Pacing>;
  /** The compiled worker that reads documents. */
  readonly entry?: URL;
}

export interface ReferencesRoom {
  readonly desk: ReferenceDesk;
  /** Ends with what is under way, for `graceMs`; the rest is done after the next start. */
  stop(graceMs: number): Promise<void>;
}

export async function startReferences(options: ReferencesOptions): Promise<ReferencesRoom> {
  const { store, settings, now, log, entry } = options;
  const documents = new DocumentReader({ log, ...(entry === undefined ? {} : { entry }) });
  const rules = { settings, compiled: compileReferences(settings) };
  const sources = { store, documents };
  const follower = new Follower({ store, sources, rules, pacing: { ...PACING, ...options.pacing }, now, log });
  await follower.start();
  return {
    desk: createDesk({ store, sources, rules, now, behind: () => follower.behind }),
    stop: async (graceMs) => {
      let timer: NodeJS.Timeout | undefined;
      const given = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      // What is being read is read again after the next start: nothing is waited for that may take long.
      const ended = follower.stop();
      await documents.stop();
      await Promise.race([ended, given]);
      clearTimeout(timer);
    },
  };
}
