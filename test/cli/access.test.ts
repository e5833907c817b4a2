/** Tokens and users of a relay that does not run: changed in its store, with the same traces as over its API. */
import { describe, expect, it } from 'vitest';
import { addToken, addUser, changeUser, listAccess, revoke } from '../../src/cli/access.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { verifyPassword } from '../../src/domain/password.ts';
import type { SessionRecord, TotpRecord } from '../../src/domain/ports.ts';
import { createMemoryStore } from '../support/memory-store.ts';

const NOW = Date.parse('2026-02-01T12:00:00Z');
const PASSWORD = 'correct horse battery';

function place() {
  return { store: createMemoryStore({ now: () => NOW }) };
}

async function printed(work: (terminal: Terminal) => Promise<void>): Promise<unknown[]> {
  const lines: string[] = [];
  await work({ print: (line: string) => lines.push(line), note: () => {} } as unknown as Terminal);
  return lines.map((line) => JSON.parse(line) as unknown);
}

const session = (name: string): SessionRecord => ({
  kind: 'user',
  name,
  fingerprint: '',
  via: 'password',
  createdAt: NOW,
  expiresAt: NOW + 1,
  lastSeenAt: NOW,
  address: null,
  agent: null,
});
const totp: TotpRecord = { secret: 'A', since: NOW, lastStep: 0, recovery: [] };

describe('access to a relay that does not run', () => {
  it('is given, listed and taken, and stands in the audit log', async () => {
    const there = place();
    const { store } = there;
    expect(await addToken(there, { name: 'erp', role: 'viewer', accounts: ['erp'], expires: '90d' }, NOW)).toMatch(/^rl_/);
    await addUser(there, { name: 'ann', role: 'admin', password: PASSWORD }, NOW);
    await store.uses.put('tokens/erp', { at: NOW, address: '192.0.2.7' });
    expect(await printed((terminal) => listAccess(there, 'tokens', { json: true }, terminal))).toMatchObject([
      { name: 'erp', role: 'viewer', accounts: ['erp'], expiresAt: '2026-05-02T12:00:00.000Z', lastUsedAt: '2026-02-01T12:00:00.000Z' },
    ]);
    await expect(addUser(there, { name: 'ann', role: 'viewer', password: PASSWORD }, NOW)).rejects.toThrow('There is a user ann already');
    await revoke(there, 'tokens', 'erp', NOW);
    await expect(revoke(there, 'tokens', 'erp', NOW)).rejects.toThrow('There is no token erp');
    expect(await store.uses.list()).toEqual([]);
    const { items } = await store.audits({}, { limit: 9 });
    expect(items.map(({ action, subject, by }) => [action, subject.id, by.kind]).reverse()).toEqual([
      ['token.created', 'erp', 'local'],
      ['user.created', 'ann', 'local'],
      ['token.revoked', 'erp', 'local'],
    ]);
  });

  it('a user gets another password, or loses the second factor; what was open ends', async () => {
    const there = place();
    const { store } = there;
    await addUser(there, { name: 'ann', role: 'admin', password: PASSWORD }, NOW);
    await store.users.change('ann', (user) => (user === undefined ? undefined : { ...user, totp }));
    await store.sessions.put('a', session('ann'));
    await store.sessions.put('b', session('ben'));
    await changeUser(there, 'ann', { password: 'another horse battery', removeTotp: false }, NOW);
    const changed = await store.users.get('ann');
    expect(await verifyPassword('another horse battery', changed?.passwordHash ?? '')).toBe(true);
    expect(changed?.totp).toEqual(totp);
    expect((await store.sessions.list()).map(({ name }) => name)).toEqual(['b']);
    await changeUser(there, 'ann', { password: null, removeTotp: true }, NOW);
    expect(await store.users.get('ann')).toMatchObject({ totp: null, passwordHash: changed?.passwordHash });
    await expect(changeUser(there, 'nobody', { password: null, removeTotp: true }, NOW)).rejects.toThrow('There is no user nobody');
    const identity = { issuer: 'https://id.example', subject: '1' };
    await store.users.change('ann', (user) => (user === undefined ? undefined : { ...user, identity }));
    await expect(changeUser(there, 'ann', { password: PASSWORD, removeTotp: false }, NOW)).rejects.toThrow('identity provider');
  });
});
