/**
 * smtp-server's command parser with a data mode of our own. Its own (3.21.6) lets bare CR, bare LF and
 * NUL through, takes the first dot off a line only when another follows, yields to the event loop for
 * each such line, runs an unterminated command when the connection ends (R43), and hands the content on
 * through a stream a message. Here chunks go straight to a receiver.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { DataDecoder, type DataFault } from './data-decoder.ts';

const LF = 0x0a;

export interface DataReceiver {
  /** A chunk of `octets` on the wire. Resolves when more may come; undefined: at once. Never rejects. */
  content(content: Buffer, fault: DataFault | null, octets: number): Promise<void> | undefined;
  /** The end of data was read. `resume` reads the commands after it; they are not to be run where the end is `disputed`. */
  end(resume: () => void, disputed: boolean): void;
  /** Runs `commands`, which were pipelined: their replies may go out together (RFC 2920 §3.2). */
  batch(commands: () => void): void;
  /** The client sends no more; what was not terminated has no effect. */
  inputEnded(): void;
}

export class SubmissionParser extends SMTPStream {
  readonly #receiver: DataReceiver;
  #decoder: DataDecoder | null = null;

  constructor(receiver: DataReceiver) {
    super();
    this.#receiver = receiver;
  }

  /** What follows is the content of a message. */
  beginData(): void {
    this._dataMode = true;
    this.#decoder = new DataDecoder();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding | 'buffer', done: (error?: Error | null) => void): void {
    const end = this._dataMode ? -1 : chunk.indexOf(LF);
    if (end === -1 || end === chunk.length - 1) super._write(chunk, encoding, done);
    else this.#receiver.batch(() => super._write(chunk, encoding, done));
  }

  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    const decoder = this.#decoder;
    if (decoder === null || this.isClosed) {
      done();
      return;
    }
    const end = decoder.feed(chunk);
    const pending = this.#receiver.content(decoder.content, decoder.fault, end === -1 ? chunk.length : end);
    if (end === -1) {
      if (pending === undefined) done();
      else pending.then(() => done(), done);
      return;
    }
    this._dataMode = false;
    this.#decoder = null;
    const resume = () => this._write(chunk.subarray(end), 'buffer', done);
    if (pending === undefined) this.#receiver.end(resume, decoder.disputedEnd);
    else pending.then(() => this.#receiver.end(resume, decoder.disputedEnd), done);
  }

  /** Called when the input ends: smtp-server would run what is left of a command (R43). */
  override _flushData(): void {
    this.#receiver.inputEnded();
  }
}
