/** The room of signals over a store, with a submitter that records mail in it. */
import { createIdFactory, type MessageId } from '../../src/domain/ids.ts';
import type { SignalId } from '../../src/domain/signal.ts';
import { type Signals, type SignalsOptions, startSignals } from '../../src/signals/index.ts';
import { type FakeSubmitter, fakeSubmitter } from '../http/fake-submitter.ts';
import { recordingLog } from '../support/recording-log.ts';

export interface Room extends Signals {
  readonly submitter: FakeSubmitter;
}

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export async function openRoom(options: Pick<SignalsOptions, 'rules' | 'store'> & Partial<SignalsOptions>): Promise<Room> {
  const now = options.now ?? Date.now;
  const newId = createIdFactory({ now, randomBytes });
  const submitter = fakeSubmitter(options.store, now, () => newId() as MessageId);
  const signals = await startSignals({
    submitter,
    newId: () => newId() as SignalId,
    now,
    random: () => 0.5,
    log: recordingLog(),
    requestTimeout: 5000,
    ...options,
  });
  return { ...signals, submitter };
}
