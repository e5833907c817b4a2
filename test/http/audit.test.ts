/** What the handlers put into the audit log: who, what, to what, from where; and nothing that did not happen. */
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/domain/audit.ts';
import { accept, createRoom, type Room, report } from './harness.ts';

async function entries(room: Room): Promise<readonly AuditRecord[]> {
  return [...(await room.store.audits({}, { limit: 500 })).items].reverse();
}

describe('the audit log', () => {
  it('names who read content, before it is handed out', async () => {
    const room = createRoom();
    const token = await room.token('desk', { role: 'operator' });
    const id = await accept(room);
    expect((await room.call(`/api/v1/messages/${id}/content`, { token })).status).toBe(200);
    expect(await entries(room)).toMatchObject([
      {
        at: room.options.now(),
        by: { kind: 'token', name: 'desk' },
        action: 'content.read',
        subject: { kind: 'message', id },
        detail: { what: 'content' },
        address: null,
      },
    ]);
    room.store.poison(new Error('EIO'));
    expect((await room.call(`/api/v1/messages/${id}/content`, { token })).status).toBe(503);
  });

  it('tells what was done to messages, one entry a message, and only where something was', async () => {
    const room = createRoom();
    const [first, second, third] = [await accept(room), await accept(room), await accept(room)];
    await room.post(`/api/v1/messages/${first}/hold`);
    await room.post(`/api/v1/messages/${first}/hold`);
    await room.post('/api/v1/messages/release', { ids: [first, second] });
    await room.post('/api/v1/messages/delete', { ids: [second], dryRun: true });
    await room.post('/api/v1/messages/delete', { ids: [second] });
    await room.post('/api/v1/messages/delete', { ids: [second, third], force: true });
    await room.call(`/api/v1/messages/${first}`, { method: 'DELETE' });
    await room.post(`/api/v1/messages/${first}/cancel`);
    const { id: resent } = (await (await room.post(`/api/v1/messages/${first}/resend`)).json()) as { id: string };
    await room.call(`/api/v1/messages/${first}?force=true`, { method: 'DELETE' });
    expect((await entries(room)).map(({ action, subject, detail }) => [action, subject.id, detail])).toEqual([
      ['message.held', first, { recipients: 1 }],
      ['message.released', first, { bulk: true }],
      ['message.deleted', second, { bulk: true }],
      ['message.deleted', third, { bulk: true }],
      ['message.cancelled', first, { recipients: 1 }],
      ['message.resent', first, { resent, recipients: 1, corrected: 0 }],
      ['message.deleted', first, { account: 'erp' }],
    ]);
  });

  it('tells of tokens, users, suppressions, reports, next hops and the clean-up', async () => {
    const room = createRoom();
    const stray = await report(room);
    await room.post('/api/v1/tokens', { name: 'erp', role: 'viewer' });
    await room.call('/api/v1/tokens/erp', { method: 'DELETE' });
    await room.call('/api/v1/tokens/erp', { method: 'DELETE' });
    await room.post('/api/v1/users', { name: 'ann', password: 'correct horse battery', role: 'viewer' });
    await room.call('/api/v1/users/ann', { method: 'DELETE' });
    await room.call('/api/v1/suppressions/Ann@partner.example', { method: 'PUT', body: '{}' });
    await room.call('/api/v1/suppressions/ann@partner.example', { method: 'DELETE' });
    await room.call(`/api/v1/reports/${stray}/content`);
    await room.post('/api/v1/queue/smtp.provider.example:587/pause');
    await room.post('/api/v1/queue/nowhere.example:25/pause');
    await room.post('/api/v1/cleanup', { dryRun: true });
    await room.post('/api/v1/cleanup');
    expect((await entries(room)).map(({ action, subject }) => `${action} ${subject.kind} ${subject.id}`.trim())).toEqual([
      'token.created token erp',
      'token.revoked token erp',
      'user.created user ann',
      'user.deleted user ann',
      'suppression.set address ann@partner.example',
      'suppression.lifted address ann@partner.example',
      `report.read report ${stray}`,
      'queue.paused next-hop smtp.provider.example:587',
      'cleanup.run all',
    ]);
    expect((await entries(room)).every(({ by }) => by.kind === 'local')).toBe(true);
  });
});
