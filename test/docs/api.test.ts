/** docs/API.md against the declared routes and the events there are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/domain/events.ts';
import { createRoom } from '../http/harness.ts';

const DOCUMENT = readFileSync(new URL('../../docs/API.md', import.meta.url), 'utf8');
const BASE = '/api/v1';

/** `GET /messages/{id}` and the like, as they stand in backticks. */
const DOCUMENTED = new Set([...DOCUMENT.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`\s?]*)`/g)].map(([, call = '']) => call));

async function declaredCalls(): Promise<readonly string[]> {
  const room = createRoom();
  const document = await room.get<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json');
  room.stop();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(BASE, '')}`),
  );
}

describe('docs/API.md', () => {
  it('shows every call that there is', async () => {
    const missing = (await declaredCalls()).filter((call) => !DOCUMENTED.has(call));
    expect(missing).toEqual([]);
  });

  it('shows no call that there is not', async () => {
    const declared = new Set(await declaredCalls());
    expect([...DOCUMENTED].filter((call) => !declared.has(call))).toEqual([]);
  });

  it('lists every type of event', () => {
    expect(EVENT_TYPES.filter((type) => !DOCUMENT.includes(`\`${type}\``))).toEqual([]);
  });
});
