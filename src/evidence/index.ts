/**
 * Evidence: the ledger of what happened, sealed as the relay has time for it, and signed statements about
 * messages and documents, as JSON and as PDF.
 *
 *   upstream    the change feed; people and programs, through the desk
 *   downstream  the store, for the seals; PDFs
 *   standards   RFC 8032 (Ed25519), RFC 8785 (canonical JSON), RFC 9162 §2.1 (hash trees)
 *   failure     nothing here can stop mail. Evidence is made of what is there, and says what is not.
 */
import type { Log } from '../domain/log.ts';
import type { EvidenceDesk, Store } from '../domain/ports.ts';
import { signingKey } from './key.ts';
import { makeEvidence } from './making.ts';
import { signFile } from './pdf/file.ts';
import { renderPdf } from './pdf/render.ts';
import { SEAL_PACING, Sealer, type SealPacing } from './sealer.ts';

export { fingerprintOf } from './key.ts';
export { attachedStatement, holdsAsSigned, isPdf } from './pdf/file.ts';

export interface EvidenceOptions {
  readonly store: Store;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly hostname: string;
  readonly version: string;
  readonly now: () => number;
  readonly log: Log;
  readonly pacing?: Partial<SealPacing>;
}

export interface EvidenceRoom {
  readonly desk: EvidenceDesk;
  /** Ends with the seal that is being made; the rest is sealed after the next start. */
  stop(): Promise<void>;
}

export function startEvidence({ store, key: pem, hostname, version, now, log, pacing }: EvidenceOptions): EvidenceRoom {
  const key = signingKey(pem);
  const sealer = new Sealer({ store, key, pacing: { ...SEAL_PACING, ...pacing }, now, log });
  sealer.start();
  const relay = { hostname, version };
  // One PDF at a time: a large one takes its memory once, and the event loop in slices.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    desk: {
      key: key.shown,
      make: (request) => makeEvidence({ store, sealer, key, relay, now }, request),
      pdf: (evidence) => {
        const made = turn.then(async () => signFile(await renderPdf(evidence), key));
        turn = made.catch(() => undefined);
        return made;
      },
    },
    stop: () => sealer.stop(),
  };
}
