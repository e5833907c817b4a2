/** A raw SMTP client: says lines, hears replies. */
import net from 'node:net';
import tls from 'node:tls';

export interface Dialogue {
  /** Sends a line and resolves with the whole reply. */
  say(line: string): Promise<string>;
  /** Sends octets as they are. */
  send(octets: string | Buffer): void;
  /** The next reply. */
  hear(): Promise<string>;
  /** Resolves when the server has closed. */
  readonly closed: Promise<void>;
  startTls(): Promise<void>;
  end(): void;
}

const COMPLETE = /(?:^|\n)\d{3} [^\n]*\n$/;

export function connect(port: number): Dialogue {
  let socket: net.Socket = net.connect(port, '127.0.0.1');
  let heard = '';
  let wake = (): void => {};
  let ended = false;
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const listen = (): void => {
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      ended = true;
      wake();
      close();
    });
  };
  listen();
  const hear = async (): Promise<string> => {
    while (!COMPLETE.test(heard)) {
      if (ended) return heard === '' ? 'closed' : heard;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const reply = heard;
    heard = '';
    return reply.trimEnd();
  };
  return {
    hear,
    send: (octets) => void socket.write(octets),
    say: (line) => {
      socket.write(`${line}\r\n`);
      return hear();
    },
    closed,
    startTls: async () => {
      socket.removeAllListeners('data');
      const secure = tls.connect({ socket, rejectUnauthorized: false });
      socket = secure;
      listen();
      await new Promise<void>((resolve) => secure.once('secureConnect', resolve));
    },
    end: () => socket.destroy(),
  };
}
