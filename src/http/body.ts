/**
 * Reads a request's body within a size and a time (R56). Hono's own body limit copies the request,
 * which the node adapter's light request object does not survive; this one reads the stream.
 *
 * Large bodies draw on a budget that all requests share, so that many at once can not fill the memory.
 */
import type { AppContext } from './environment.ts';
import type { HttpLimits } from './options.ts';
import { Problem } from './problem.ts';

const CLOSE = { headers: { connection: 'close' } };

/** Octets of bodies that may be held at once, by all requests together. */
export interface BodyBudget {
  lease(): BodyLease;
}

/** What one request holds of the budget. */
export interface BodyLease {
  /** False when that much is not left. */
  take(octets: number): boolean;
  /** Gives back all of it. */
  release(): void;
}

export function createBodyBudget(total: () => number): BodyBudget {
  let used = 0;
  return {
    lease() {
      let held = 0;
      return {
        take(octets) {
          // Whoever is alone is heard, whatever the total.
          if (used > held && used + octets > total()) return false;
          used += octets;
          held += octets;
          return true;
        },
        release() {
          used -= held;
          held = 0;
        },
      };
    },
  };
}

function tooLarge(limit: number): Problem {
  return new Problem(413, 'body-too-large', `The body is over ${limit} octets`, CLOSE);
}

function busy(): Problem {
  return new Problem(503, 'busy', 'Other large messages are being taken just now: try again in a moment', {
    headers: { ...CLOSE.headers, 'retry-after': '2' },
  });
}

export async function readBytes(c: AppContext, limits: Pick<HttpLimits, 'body' | 'bodySize'>, lease?: BodyLease): Promise<Buffer> {
  if (Number(c.req.header('content-length') ?? 0) > limits.bodySize) throw tooLarge(limits.bodySize);
  const reader = c.req.raw.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
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
      if (lease?.take(value.length) === false) throw busy();
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

export async function readBody(c: AppContext, limits: Pick<HttpLimits, 'body' | 'bodySize'>): Promise<string> {
  return (await readBytes(c, limits)).toString('utf8');
}
