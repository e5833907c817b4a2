/**
 * Takes the content of one message to the store.
 *
 * Upstream: the connection, which hands on what it decoded of DATA as it comes, and the submitter, whose
 * messages come from inside. Downstream: the store. The header block is gathered (to 1 MiB; a longer one
 * is read as far as that and relayed all the same), read, and opens the content in the store; the rest
 * goes on as it comes, with the store's backpressure. `finish` resolves with the message once it is
 * durable, and only then may 250 be answered.
 *
 * Failure: whatever refuses the message (a fault in its octets, its size, a loop, the store) lets go of
 * what was written and is told by `finish`. Faults of the store or of ours are 451, never permanent.
 */
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { AcceptedMessage, PreparedMessage } from '../../domain/message.ts';
import type { ContentWriter, Store } from '../../domain/ports.ts';
import type { DataFault } from './data-decoder.ts';
import { type IntakeLimits, prepareMessage, type Submitted } from './preparation.ts';
import type { ReferenceIntake } from './reference-intake.ts';
import { LOCAL_ERROR, type Refusal, refusal, tooBig } from './refusal.ts';

export interface IntakeContext {
  readonly hostname: string;
  readonly store: Pick<Store, 'openContent' | 'accept'>;
  /** Milliseconds from acceptance to expiry. */
  readonly expireAfter: number;
  readonly now: () => number;
  readonly newMessageId: () => MessageId;
  /** Replaced when the configuration is reloaded. */
  references: ReferenceIntake | null;
  readonly log: Log;
}

export type IntakeResult =
  /** `repeated`: `message` is the one that an earlier request with the same key made. */
  | { readonly kind: 'recorded'; readonly message: AcceptedMessage; readonly repeated: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const HEADER_LIMIT = 1024 * 1024;
const EMPTY_LINE = Buffer.from('\r\n\r\n');
const LINE_END = EMPTY_LINE.subarray(0, 2);

const FAULTS: Record<DataFault, Refusal> = {
  'bare-cr': refusal(550, '5.6.0', 'The message holds a bare CR; lines must end in CRLF'),
  'bare-lf': refusal(550, '5.6.0', 'The message holds a bare LF; lines must end in CRLF'),
  nul: refusal(550, '5.6.0', 'The message holds a NUL octet'),
};

export class ContentIntake {
  /** The store was asked to make the message durable: from here on only its answer counts. */
  committing = false;
  readonly #context: IntakeContext;
  readonly #submitted: Submitted;
  readonly #limits: IntakeLimits;
  #size = 0;
  #refusal: Refusal | null = null;
  /** The header block as far as it came; null once it was read. */
  #header: Buffer[] | null = [];
  #headerSize = 0;
  /** Up to three octets before the next chunk. A message begins as if after a line. */
  #before: Buffer = LINE_END;
  #message: PreparedMessage | null = null;
  #writer: ContentWriter | null = null;

  constructor(context: IntakeContext, submitted: Submitted, limits: IntakeLimits) {
    this.#context = context;
    this.#submitted = submitted;
    this.#limits = limits;
  }

  /** More came in than is taken: the connection is to be cut, not the rest to be read. */
  get tooBig(): boolean {
    return this.#size > this.#limits.messageSize;
  }

  /** The message is not taken, whatever else comes. */
  get refused(): boolean {
    return this.#refusal !== null;
  }

  /** Why the message is not taken, once that is known. */
  get refusal(): Refusal {
    return this.#refusal ?? LOCAL_ERROR;
  }

  /** Takes a chunk of `octets` on the wire; resolves when more may come. Undefined: at once. Never rejects. */
  take(content: Buffer, fault: DataFault | null, octets: number): Promise<void> | undefined {
    this.#size += this.#refusal === null && fault === null ? content.length : octets;
    if (this.#refusal !== null) return undefined;
    if (fault !== null) return this.#refuse(FAULTS[fault]);
    // RFC 1870 §6.3.
    if (this.tooBig) return this.#refuse(tooBig(this.#limits.messageSize));
    if (content.length === 0) return undefined;
    return this.#header === null ? this.#write(content) : this.#takeHeader(this.#header, content);
  }

  /** The end of data was read: makes the message durable, or tells why not. Never rejects. */
  async finish(): Promise<IntakeResult> {
    const { store, expireAfter, log } = this.#context;
    if (this.#refusal === null && this.#header !== null) await this.#open(this.#header, Buffer.alloc(0));
    const message = this.#message;
    const content = this.#writer;
    if (this.#refusal !== null || message === null || content === null) {
      return { kind: 'refused', refusal: this.refusal };
    }
    this.committing = true;
    this.#writer = null;
    const { key } = this.#submitted;
    const dueAt = message.releaseAt ?? message.acceptedAt;
    try {
      const accepted = await store.accept({
        message,
        content,
        dueAt,
        expireAt: dueAt + expireAfter,
        ...(key === undefined ? {} : { key }),
      });
      return { kind: 'recorded', message: accepted, repeated: accepted.id !== message.id };
    } catch (error) {
      log.error({ err: error, message: message.id, account: message.account }, 'A message could not be recorded; its client keeps it');
      return { kind: 'refused', refusal: LOCAL_ERROR };
    }
  }

  /** The client went away, or is sent away: lets go of everything. Without effect once committing. */
  abort(): void {
    if (!this.committing) this.#refuse(LOCAL_ERROR);
  }

  #refuse(reason: Refusal): undefined {
    this.#refusal ??= reason;
    this.#header = null;
    const writer = this.#writer;
    this.#writer = null;
    writer?.abort().catch((error: unknown) => {
      this.#context.log.warn({ err: error }, 'Content that was given up could not be let go');
    });
    return undefined;
  }

  #fail(error: unknown): void {
    this.#context.log.error({ err: error, account: this.#submitted.account }, 'Content could not be written; its client keeps it');
    this.#refuse(LOCAL_ERROR);
  }

  #write(content: Buffer): Promise<void> | undefined {
    if (this.#writer === null || content.length === 0) return undefined;
    try {
      return this.#writer.write(content)?.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #takeHeader(header: Buffer[], content: Buffer): Promise<void> | undefined {
    const end = this.#headerEnd(content);
    if (end !== -1) {
      header.push(content.subarray(0, end));
      return this.#open(header, content.subarray(end));
    }
    header.push(content);
    this.#headerSize += content.length;
    if (this.#headerSize >= HEADER_LIMIT) return this.#open(header, Buffer.alloc(0));
    this.#before = content.length >= 3 ? content.subarray(-3) : Buffer.concat([this.#before, content]).subarray(-3);
    return undefined;
  }

  /** Index in `content` after the empty line that ends the header block; -1 when it has not come yet. */
  #headerEnd(content: Buffer): number {
    const seam = Buffer.concat([this.#before, content.subarray(0, 3)]);
    const atSeam = seam.indexOf(EMPTY_LINE);
    if (atSeam !== -1) return atSeam + EMPTY_LINE.length - this.#before.length;
    const found = content.indexOf(EMPTY_LINE);
    return found === -1 ? -1 : found + EMPTY_LINE.length;
  }

  /** Reads the header block and opens the content in the store; `rest` follows it. */
  #open(header: readonly Buffer[], rest: Buffer): Promise<void> | undefined {
    this.#header = null;
    try {
      const [only, ...more] = header;
      const block = only !== undefined && more.length === 0 ? only : Buffer.concat(header);
      const whole = this.#headerSize < HEADER_LIMIT;
      const prepared = prepareMessage({ ...this.#context, submitted: this.#submitted, limits: this.#limits, block, whole });
      if (prepared.kind === 'refused') return this.#refuse(prepared.refusal);
      this.#message = prepared.message;
      this.#writer = this.#context.store.openContent(this.#message);
      const first = this.#write(prepared.header);
      const second = this.#write(rest);
      return first !== undefined && second !== undefined ? Promise.all([first, second]).then(() => undefined) : (first ?? second);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }
}
