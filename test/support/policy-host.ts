/** An HTTPS server on loopback that answers as a policy host of MTA-STS does, or as it should not. */
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { TestCertificate } from './certificates.ts';

export interface FakePolicyHost {
  readonly port: number;
  /** `host path` of each request. */
  readonly requests: readonly string[];
  answer: (response: ServerResponse) => void;
  stop(): Promise<void>;
}

export function policyText(policy: { readonly mode: string; readonly mx: readonly string[]; readonly maxAge?: number }): string {
  const lines = ['version: STSv1', `mode: ${policy.mode}`, ...policy.mx.map((mx) => `mx: ${mx}`), `max_age: ${policy.maxAge ?? 86_400}`];
  return `${lines.join('\r\n')}\r\n`;
}

export function answerWith(text: string, status = 200, headers: Record<string, string> = {}): FakePolicyHost['answer'] {
  return (response) => response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
}

export async function startPolicyHost({ key, certificate }: TestCertificate, answer: FakePolicyHost['answer']): Promise<FakePolicyHost> {
  const requests: string[] = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    requests.push(`${request.headers.host?.replace(/:\d+$/, '')} ${request.url}`);
    host.answer(response);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = {
    port: address.port,
    requests,
    answer,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
}
