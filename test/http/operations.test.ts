import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/index.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { accept, createRoom, endAttempt, httpOptions } from './harness.ts';

describe('health', () => {
  it('/healthz answers for the process, whatever the store does', async () => {
    const room = createRoom();
    room.store.poison(new Error('EIO'));
    const answer = await room.app.request('/healthz');
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', version: '0.0.0-test' }]);
  });

  it('R23 /readyz says why it is not ready: the store', async () => {
    const room = createRoom();
    expect(await (await room.app.request('/readyz')).json()).toMatchObject({
      status: 'ready',
      checks: [{ name: 'store', ok: true }, { ok: true }],
    });
    room.store.poison(new Error('ENOSPC: no space left on device'));
    const answer = await room.app.request('/readyz');
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { status: 'not-ready', checks: [{ name: 'store', ok: false, detail: 'ENOSPC: no space left on device' }, { ok: true }] },
    ]);
  });

  it('R22 /readyz says why it is not ready: the disk, a listener', async () => {
    const { options } = httpOptions(createMemoryStore());
    const { app } = createApp({
      ...options,
      diskFloor: 2 ** 50,
      readiness: () => [{ name: 'submission', ok: false, detail: 'EADDRINUSE' }],
    });
    const answer = await app.request('/readyz');
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      {
        checks: [
          { name: 'store', ok: true },
          { name: 'disk', ok: false, detail: expect.stringContaining('below the floor') },
          { name: 'submission', ok: false, detail: 'EADDRINUSE' },
        ],
      },
    ]);
  });
});

describe('/metrics', () => {
  const remote = (address: string): object => ({ incoming: { socket: { remoteAddress: address } } });

  it('tells what was accepted, tried, waits, and how long commits take', async () => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'deferred' });
    const [attempt] = (await room.store.message(id))?.recipients[0]?.attemptList ?? [];
    if (attempt !== undefined) room.options.delivery.onAttempt?.(attempt);
    room.options.delivery.onTlsSession?.({ policy: 'sts', result: 'certificate-expired' });
    room.desk.counted = {
      reports: [{ via: 'imap', kind: 'bounce', outcome: 'recorded', count: 3 }],
      refused: [{ reason: 'loop', count: 2 }],
    };
    const lastRun = { startedAt: 0, endedAt: 5000, taken: 3, repeated: 0, unmatched: 0, error: null };
    room.desk.mailboxes = [
      { name: 'bounces', folder: 'INBOX', state: 'connected', nextRunAt: null, lastRun },
      { name: 'other', folder: 'INBOX', state: 'failing', nextRunAt: 0, lastRun: { ...lastRun, error: 'gone' } },
    ];
    await room.call('/api/v1/messages/x%0d');
    const text = await (await room.call('/metrics')).text();
    for (const line of [
      'relais_attempts_total{outcome="deferred",next_hop="smtp.provider.example:587"} 1',
      'relais_tls_sessions_total{policy="sts",result="certificate-expired"} 1',
      'relais_queue_recipients{state="deferred"} 1',
      'relais_queue_oldest_due_seconds 5',
      'relais_queue_oldest_seconds 60',
      'relais_store_writable 1',
      'relais_reports_total{via="imap",kind="bounce",outcome="recorded"} 3',
      'relais_reports_refused_total{reason="loop"} 2',
      'relais_mailbox_up{mailbox="bounces"} 1',
      'relais_mailbox_up{mailbox="other"} 0',
      'relais_mailbox_last_read_seconds{mailbox="bounces"} 5',
      'relais_disk_free_bytes 1099511627776',
      `relais_backup_last_made_seconds ${room.options.now() / 1000}`,
      'relais_backup_failed 0',
      'relais_backup_failures_total 2',
      'relais_orphans{kind="content"} 0',
      'relais_http_request_seconds_count{method="GET",route="/api/v1/messages/{id}",status="404"} 1',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/^relais_commit_seconds_count [1-9]/m);
    expect(text).toMatch(/^relais_event_loop_lag_seconds\{quantile="0\.99"\} /m);
    expect(text).toMatch(/^relais_accepted_total /m);
  });

  it('does not grow a series for every domain', async () => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    const [attempt] = (await room.store.message(id))?.recipients[0]?.attemptList ?? [];
    for (let i = 0; i < 500; i++) if (attempt !== undefined) room.options.delivery.onAttempt?.({ ...attempt, nextHop: `d${i}.example` });
    const text = await (await room.call('/metrics')).text();
    expect(text.match(/^relais_attempts_total/gm)?.length).toBe(201);
    expect(text).toContain('next_hop="other"} 300');
  });

  it.each([
    ['127.0.0.1', 200],
    ['::ffff:127.0.0.1', 200],
    ['192.0.2.1', 401],
    ['::1', 401],
    ['', 401],
  ])('without a token is for the networks of the settings: %s is %i', async (address, status) => {
    const room = createRoom();
    expect((await room.app.request('/metrics', {}, remote(address))).status).toBe(status);
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1, with every route of the contract', async () => {
    const room = createRoom();
    const document = (await (await room.app.request('/openapi.json')).json()) as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path.slice('/api/v1'.length)}`),
    );
    expect(routes).toEqual(
      expect.arrayContaining([
        'get /messages',
        'get /messages/{id}',
        'get /messages/{id}/content',
        'post /messages/{id}/retry',
        'post /messages/{id}/hold',
        'post /messages/{id}/release',
        'post /messages/{id}/cancel',
        'delete /messages/{id}',
        'post /messages/delete',
        'get /changes',
        'get /changes/stream',
        'get /consumers/{name}',
        'put /consumers/{name}',
        'delete /consumers/{name}',
        'get /queue',
        'post /queue/{nextHop}/pause',
        'post /queue/{nextHop}/resume',
        'post /queue/{nextHop}/flush',
        'get /statistics',
        'get /me',
      ]),
    );
  });

  it('/docs shows them all, and loads nothing from elsewhere', async () => {
    const room = createRoom();
    const html = await (await room.app.request('/docs')).text();
    for (const path of ['/api/v1/messages/{id}/content', '/api/v1/changes/stream', '/api/v1/queue/{nextHop}/flush'])
      expect(html).toContain(path);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});
