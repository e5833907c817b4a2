/** A plain SMTP client that submits many messages and keeps a ledger of what was answered 250. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LedgerEntry {
  /** The id of the 250 reply. */
  readonly id: string;
  readonly messageId: string;
  readonly recipients: readonly string[];
}

export interface Load {
  readonly ledger: LedgerEntry[];
  /** Ends after the messages now on their way. */
  stop(): void;
  readonly done: Promise<void>;
}

/** Until the ledger holds `count` messages; after `limit` milliseconds whatever it holds. */
export async function recordedOr({ ledger }: Load, count: number, limit: number): Promise<void> {
  for (const until = Date.now() + limit; ledger.length < count && Date.now() < until; ) await sleep(1);
}

/** Lines of replies, one promise each; rejects once the connection is gone. */
class ReplyReader {
  #text = '';
  #waiting: { resolve: (reply: string) => void; reject: (error: Error) => void } | null = null;
  #gone: Error | null = null;

  constructor(socket: Socket) {
    socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#settle();
    });
    const gone = (): void => {
      this.#gone ??= new Error('connection gone');
      this.#settle();
    };
    socket.on('error', gone).on('close', gone);
  }

  read(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#waiting === null) return;
    const reply = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(this.#text);
    if (reply !== null) {
      this.#text = this.#text.slice(reply[0].length);
      const { resolve } = this.#waiting;
      this.#waiting = null;
      resolve(reply[0]);
    } else if (this.#gone !== null) {
      const { reject } = this.#waiting;
      this.#waiting = null;
      reject(this.#gone);
    }
  }
}

/**
 * Submits over `sessions` connections, each message with a Message-ID and recipients of its own,
 * until `count` were tried or `stop` is called. Only what got its 250 enters the ledger.
 */
export function submitLoad(options: {
  readonly port: number;
  readonly sessions: number;
  /** For unique names over several loads. */
  readonly name: string;
  readonly count?: number;
  readonly recipients?: (n: number) => readonly string[];
  readonly size?: number;
  /** Header fields of each, with their CRLF. */
  readonly fields?: string;
}): Load {
  const ledger: LedgerEntry[] = [];
  const limit = options.count ?? Number.POSITIVE_INFINITY;
  let next = 0;
  let stopping = false;
  const filler = `${'x'.repeat(74)}\r\n`.repeat(Math.ceil((options.size ?? 600) / 76));

  async function session(): Promise<void> {
    const socket = connect(options.port, '127.0.0.1');
    const replies = new ReplyReader(socket);
    const expect = async (code: string): Promise<string> => {
      const reply = await replies.read();
      if (!reply.startsWith(code)) throw new Error(reply);
      return reply;
    };
    try {
      await expect('220');
      socket.write('EHLO load.test\r\n');
      await expect('250');
      while (!stopping && next < limit) {
        const n = next++;
        const messageId = `${options.name}-${n}@load.test`;
        const recipients = options.recipients?.(n) ?? [`${options.name}-${n}@dest.test`];
        socket.write(`MAIL FROM:<sender@src.test>\r\n${recipients.map((to) => `RCPT TO:<${to}>\r\n`).join('')}DATA\r\n`);
        for (let i = 0; i <= recipients.length; i++) await expect('250');
        await expect('354');
        socket.write(
          `Message-ID: <${messageId}>\r\nSubject: load ${n}\r\nFrom: sender@src.test\r\n${options.fields ?? ''}\r\n${filler}.\r\n`,
        );
        const reply = await expect('250');
        const id = /Recorded as ([0-9A-Z]{26})/.exec(reply)?.[1];
        if (id === undefined) throw new Error(`no id in ${reply}`);
        ledger.push({ id, messageId, recipients });
      }
    } catch {
      // refused or cut: whatever was not answered 250 is not owed to us
    } finally {
      socket.destroy();
    }
  }

  const done = Promise.all(Array.from({ length: options.sessions }, session)).then(() => undefined);
  return {
    ledger,
    stop: () => {
      stopping = true;
    },
    done,
  };
}
