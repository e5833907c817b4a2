import { describe, expect, it } from 'vitest';
import { createRoom, problemOf, START } from './harness.ts';

describe('backups', () => {
  it('are listed with the schedule and the last run, for those who may', async () => {
    const room = createRoom();
    const made = { name: '20260302T023000Z', octets: 5000, copied: 700, seq: 12, messages: 3, pending: 1 };
    expect(await room.get('/api/v1/backups')).toEqual({
      configured: { dir: '/var/backups/relais', schedule: '30 2 * * *', keep: 7 },
      nextRunAt: new Date(START + 3_600_000).toISOString(),
      running: null,
      lastRun: null,
      failures: 2,
      items: [{ ...made, madeAt: new Date(START).toISOString() }],
    });
    const operator = await room.token('operator', { role: 'operator' });
    expect(await problemOf(await room.call('/api/v1/backups', { token: operator }))).toMatchObject({ permission: 'backup:run' });
    const narrow = await room.token('narrow', { role: 'admin', accounts: ['erp'] });
    expect((await room.call('/api/v1/backups', { token: narrow })).status).toBe(403);
  });

  it('are made in the configured directory, elsewhere by the command line of the machine alone, and recorded', async () => {
    const room = createRoom();
    const admin = await room.token('admin', { role: 'admin' });
    const post = (body: object, token?: string) => room.post('/api/v1/backups', body, token);
    expect(await (await post({}, admin)).json()).toMatchObject({ running: false, made: { messages: 3 } });
    expect((await room.get<{ lastRun: object }>('/api/v1/backups')).lastRun).toMatchObject({ dir: '/var/backups/relais', by: 'admin' });
    expect(await problemOf(await post({ dir: '/etc' }, admin))).toMatchObject({ status: 403, code: 'not-allowed' });
    expect(await (await post({ dir: '/mnt/usb' })).json()).toMatchObject({ made: { octets: 5000 } });
    expect(await problemOf(await post({ dir: 'usb' }))).toMatchObject({ status: 400, errors: [{ path: 'dir' }] });
    expect(await problemOf(await post({ keep: 666 }))).toMatchObject({
      status: 507,
      code: 'no-room',
      detail: expect.stringContaining('is full'),
    });
    const { items } = await room.store.audits({ action: 'backup.made' }, { limit: 5 });
    expect(items.map(({ by }) => by.name)).toEqual(['local', 'admin']);
  });
});
