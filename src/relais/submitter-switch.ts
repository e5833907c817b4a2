/**
 * The way for messages from inside, as the rooms that start before submission hold it: it stays the
 * same while the submission behind it is stopped and started anew. While there is none, it refuses
 * with what SMTP says at a shutdown (RFC 5321 §3.8): try again later.
 */
import type { SubmissionAnswer, SubmissionRequest, Submitter } from '../domain/ports.ts';
import type { EnhancedStatus } from '../domain/reply.ts';

export class SubmitterSwitch implements Submitter {
  #behind: Submitter | null = null;

  connect(submitter: Submitter | null): void {
    this.#behind = submitter;
  }

  async submit(request: SubmissionRequest): Promise<SubmissionAnswer> {
    return this.#behind?.submit(request) ?? NOT_NOW;
  }
}

const NOT_NOW: SubmissionAnswer = {
  kind: 'refused',
  reply: { code: 421, status: '4.3.2' as EnhancedStatus, text: 'Mail is not taken at the moment; try again in a moment' },
};
