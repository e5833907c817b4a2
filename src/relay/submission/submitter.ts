/**
 * The way in for messages that do not come by SMTP: the send API, a resend, a notification of ours. They
 * go the way of the others, through `ContentIntake`, under the same limits and policy, and get the reply
 * that SMTP would have given.
 *
 * Upstream: `relais/rooms.ts` gives it to whoever submits. Downstream: the store. It lives as long as the
 * rooms do: no listener is needed, and none that is opened anew interrupts it.
 * Failure: a fault of ours or of the store's is 451, never permanent; while relais stops, 421.
 */
import type { Readable } from 'node:stream';
import { domainToASCII } from 'node:url';
import type { Envelope, EnvelopeRecipient } from '../../domain/envelope.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { Store, SubmissionAnswer, SubmissionRequest, Submitter } from '../../domain/ports.ts';
import type { Account, ReferenceSettings, SubmissionSettings } from '../../domain/settings.ts';
import { ContentIntake, type IntakeResult } from './content-intake.ts';
import { LineChecker } from './line-checker.ts';
import { compilePolicy, type Policy, recipientRefusal, senderRefusal, storeRefusal } from './policy.ts';
import { tooFarAhead } from './preparation.ts';
import { compileReferenceIntake, type ReferenceIntake } from './reference-intake.ts';
import { LOCAL_ERROR, type Refusal, refusal, SHUTTING_DOWN, tooBig } from './refusal.ts';

/** Of the configuration; changed by a reload. */
export interface SubmitterSettings {
  readonly submission: SubmissionSettings;
  readonly accounts: readonly Account[];
  readonly hostname: string;
  /** Domain of our return paths; null: none. */
  readonly reportDomain: string | null;
  /** Milliseconds from acceptance, or release, after which a recipient expires. */
  readonly expireAfter: number;
  /** Octets of free disk below which 452 is answered. */
  readonly diskFloor: number;
  /** Absent: what a message is about is read of X-Relais-* alone. */
  readonly references?: ReferenceSettings;
}

export interface SubmitterOptions {
  readonly settings: SubmitterSettings;
  readonly store: Pick<Store, 'openContent' | 'accept' | 'health' | 'queue'>;
  readonly now: () => number;
  readonly newMessageId: () => MessageId;
  readonly log: Log;
}

const NO_ACCOUNT = refusal(550, '5.7.1', 'There is no account of this name; add it to accounts');
const NO_RECIPIENTS = refusal(554, '5.5.1', 'The message has no recipients');

export class InternalSubmitter implements Submitter {
  readonly #options: SubmitterOptions;
  #settings: SubmitterSettings;
  #policy: Policy;
  #references: ReferenceIntake | null;
  #closed = false;
  readonly #running = new Set<Promise<SubmissionAnswer>>();
  readonly #reading = new Set<Readable>();

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#policy = compilePolicy(options.settings.accounts, options.settings.submission);
    this.#references = compileReferenceIntake(options.settings.references);
  }

  /** For requests from now on. */
  reload(settings: SubmitterSettings): void {
    this.#settings = settings;
    this.#policy = compilePolicy(settings.accounts, settings.submission);
    this.#references = compileReferenceIntake(settings.references);
  }

  /** Refuses with 421 from now on; resolves when all have their answer. Contents that still come in after `graceMs` are given up. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    const timer = setTimeout(() => {
      for (const content of this.#reading) content.destroy(new Error('relais stops'));
    }, graceMs);
    await Promise.allSettled(this.#running);
    clearTimeout(timer);
  }

  submit(request: SubmissionRequest): Promise<SubmissionAnswer> {
    const answer = this.#submit(request).catch((error: unknown) => {
      this.#options.log.error({ err: error, account: request.account }, 'A message from inside could not be taken');
      return refused(LOCAL_ERROR);
    });
    this.#running.add(answer);
    answer.finally(() => this.#running.delete(answer)).catch(() => undefined);
    return answer;
  }

  async #submit(request: SubmissionRequest): Promise<SubmissionAnswer> {
    const envelope = { ...request.envelope, recipients: eachOnce(request.envelope.recipients) };
    const reason = this.#refusal(request, envelope);
    if (reason !== null) {
      if (!Buffer.isBuffer(request.content)) request.content.destroy();
      return refused(reason);
    }
    const { hostname, expireAfter } = this.#settings;
    const { origin, account, client, references, supersedes, concerns, requestHash, releaseAt, key } = request;
    const { limits } = this.#policy;
    const intake = new ContentIntake(
      { ...this.#options, hostname, expireAfter, references: this.#references },
      {
        account,
        client,
        envelope,
        protocol: client === null ? 'local' : 'HTTP',
        complete: origin === 'api',
        about: {
          origin,
          ...(supersedes === undefined ? {} : { supersedes }),
          ...(concerns === undefined ? {} : { concerns }),
          ...(requestHash === undefined ? {} : { requestHash }),
        },
        ...(references === undefined ? {} : { references }),
        ...(releaseAt === undefined ? {} : { releaseAt }),
        ...(key === undefined ? {} : { key }),
      },
      limits,
    );
    const result = await this.#take(intake, request.content);
    return result.kind === 'refused' ? refused(result.refusal) : result;
  }

  /** What SMTP would have refused before the content. */
  #refusal(request: SubmissionRequest, envelope: Envelope): Refusal | null {
    if (this.#closed) return SHUTTING_DOWN;
    const { limits } = this.#policy;
    const { reportDomain, diskFloor } = this.#settings;
    const asked = request.origin === 'api';
    const account = this.#policy.accounts.get(request.account);
    const { recipients, reversePath } = envelope;
    if (recipients.length === 0) return NO_RECIPIENTS;
    // Who asks over HTTP cannot be told to send the rest in another transaction: permanent (RFC 3463 §3.6).
    if (asked && recipients.length > limits.recipients)
      return refusal(550, '5.5.3', `No more than ${limits.recipients} recipients a message`);
    if (asked) {
      const reason = account === undefined ? NO_ACCOUNT : senderRefusal(account, reversePath);
      if (reason !== null) return reason;
      const now = this.#options.now();
      const late = tooFarAhead(request.releaseAt ?? now, now, limits.futureRelease);
      if (late !== null) return refusal(550, '5.5.4', `The time of release is too far ahead: ${late}`);
    }
    const domain = reportDomain === null ? null : domainToASCII(reportDomain) || reportDomain;
    for (const { address } of recipients) {
      const reason = recipientRefusal(address, domain);
      if (reason !== null) return reason;
    }
    const size = Buffer.isBuffer(request.content) ? request.content.length : 0;
    if (size > limits.messageSize) return tooBig(limits.messageSize);
    return storeRefusal(this.#options.store, { size, diskFloor, queue: limits.queue });
  }

  async #take(intake: ContentIntake, content: Buffer | Readable): Promise<IntakeResult> {
    const lines = new LineChecker();
    try {
      if (Buffer.isBuffer(content)) await feed(intake, lines, content);
      else await this.#read(content, (chunk) => feed(intake, lines, chunk));
    } catch (error) {
      if (!this.#closed) this.#options.log.warn({ err: error }, 'The content of a message from inside broke off');
      intake.abort();
      return { kind: 'refused', refusal: this.#closed ? SHUTTING_DOWN : LOCAL_ERROR };
    }
    const fault = lines.end();
    if (fault !== null) await intake.take(Buffer.alloc(0), fault, 0);
    else if (!lines.lineEnded) await intake.take(LINE_END, null, LINE_END.length);
    return intake.finish();
  }

  async #read(content: Readable, take: (chunk: Buffer) => Promise<boolean>): Promise<void> {
    this.#reading.add(content);
    try {
      for await (const chunk of content) if (!(await take(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)))) break;
    } finally {
      this.#reading.delete(content);
    }
  }
}

const LINE_END = Buffer.from('\r\n');

/** False: nothing more of it is wanted, and `finish` tells why. */
async function feed(intake: ContentIntake, lines: LineChecker, chunk: Buffer): Promise<boolean> {
  const fault = lines.feed(chunk);
  await intake.take(fault === null ? chunk : Buffer.alloc(0), fault, chunk.length);
  return !intake.refused;
}

function refused(reason: Refusal): SubmissionAnswer {
  return { kind: 'refused', reply: reason };
}

/** As in a dialogue: a repeated recipient takes the place of the one before. */
function eachOnce(recipients: readonly EnvelopeRecipient[]): readonly EnvelopeRecipient[] {
  return [...new Map(recipients.map((recipient) => [recipient.address, recipient])).values()];
}
