/** A next hop that takes everything and counts the copies of each message by Message-ID and recipient. */
import { createServer, type Socket } from 'node:net';

export interface CountingHop {
  readonly port: number;
  /** `message-id recipient` to the number of times the final dot was answered 250. */
  readonly copies: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export async function startCountingHop(): Promise<CountingHop> {
  const copies = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true).on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.write('220 hop.test ESMTP\r\n');
    converse(socket, copies);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    copies,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function converse(socket: Socket, copies: Map<string, number>): void {
  let text = '';
  let inData = false;
  let recipients: string[] = [];
  const take = (content: string): void => {
    const messageId = /^Message-ID: <(.*)>/im.exec(content)?.[1] ?? '';
    for (const recipient of recipients) {
      const key = `${messageId} ${recipient}`;
      copies.set(key, (copies.get(key) ?? 0) + 1);
    }
    recipients = [];
  };
  const answer = (line: string): string => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') return '250-hop.test\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n';
    if (verb === 'RCPT') recipients.push(/<(.*?)>/.exec(line)?.[1] ?? '');
    if (verb === 'DATA') {
      inData = true;
      return '354 go on\r\n';
    }
    if (verb === 'QUIT') return '221 bye\r\n';
    return '250 2.0.0 fine\r\n';
  };
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    let replies = '';
    for (;;) {
      if (inData) {
        const end = text.indexOf('\r\n.\r\n');
        if (end < 0) break;
        take(text.slice(0, end));
        text = text.slice(end + 5);
        inData = false;
        replies += '250 2.0.0 taken\r\n';
        continue;
      }
      const end = text.indexOf('\r\n');
      if (end < 0) break;
      replies += answer(text.slice(0, end));
      text = text.slice(end + 2);
    }
    if (replies !== '') socket.write(replies);
  });
}
