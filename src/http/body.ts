/**
 * Reads a request's body within a size and a time (R56). Hono's own body limit copies the request,
 * which the node adapter's light request object does not survive; this one reads the stream.
 */
import type { AppContext } from './environment.ts';
import type { HttpLimits } from './options.ts';
import { Problem } from './problem.ts';

const CLOSE = { headers: { connection: 'close' } };

function tooLarge(limit: number): Problem {
  return new Problem(413, 'body-too-large', `The body is over ${limit} octets`, CLOSE);
}

export async function readBody(c: AppContext, limits: Pick<HttpLimits, 'body' | 'bodySize'>): Promise<string> {
  if (Number(c.req.header('content-length') ?? 0) > limits.bodySize) throw tooLarge(limits.bodySize);
  const reader = c.req.raw.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, limits.body);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) throw new Problem(408, 'body-timeout', `The body did not arrive within ${limits.body} ms`, CLOSE);
      if (done) break;
      size += value.length;
      if (size > limits.bodySize) throw tooLarge(limits.bodySize);
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
