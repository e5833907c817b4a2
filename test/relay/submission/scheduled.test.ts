/** Messages for a later time: FUTURERELEASE (RFC 4865), X-Relais-Send-At; and REQUIRETLS (RFC 8689) on the way in. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { parseInternetTime, parseSendAt } from '../../../src/relay/submission/send-at.ts';
import { RawClient } from '../../support/raw-client.ts';
import { type Running, type RunOptions, runSubmission } from './harness.ts';

const NOW = Date.UTC(2025, 0, 31, 8, 0, 0);
const DAY = 86_400_000;

describe('a time', () => {
  const at = Date.UTC(2025, 0, 31, 7, 0, 0);
  it.each([
    ['2025-01-31T08:00:00+01:00', at],
    ['2025-01-31T07:00:00Z', at],
    ['2025-01-31t07:00:00z', at],
    ['2025-01-31 07:00:00.250Z', at + 250],
    ['2025-01-31T06:59:60Z', at],
    ['2025-01-30T23:00:00-08:00', at],
    ['Fri, 31 Jan 2025 08:00:00 +0100', at],
    ['31 jan 2025 07:00 GMT', at],
    ['  Fri,  31 Jan  2025 07:00:00 +0000 (UTC) ', at],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s', (text, expected) => {
    expect(parseSendAt(text)).toBe(expected);
  });

  it.each([
    '',
    'tomorrow',
    '1738306800',
    '2025-01-31',
    '2025-01-31T07:00:00',
    '2025-01-31T07:00Z',
    '2025-02-29T07:00:00Z',
    '2025-13-01T07:00:00Z',
    '2025-01-32T07:00:00Z',
    '2025-01-31T24:00:00Z',
    '2025-01-31T07:60:00Z',
    '2025-01-31T07:00:61Z',
    '2025-01-31T07:00:00+24:00',
    'Fri, 31 Jan 2025 08:00:00',
    'Fri, 31 Jan 25 08:00:00 +0100',
    '31 Foo 2025 07:00 GMT',
    '30 Feb 2025 07:00 GMT',
    '31 Jan 2025 07:00 EST',
    '2025-01-31T07:00:00Z, or later',
  ])('%j is none', (text) => {
    expect(parseSendAt(text)).toBeUndefined();
  });

  it('reads what RFC 3339 and toUTCString write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        const date = new Date(seconds * 1000);
        expect(parseInternetTime(date.toISOString())).toBe(date.getTime());
        expect(parseSendAt(date.toUTCString())).toBe(date.getTime());
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => !Number.isNaN(parseSendAt(text) ?? 0)));
  });
});

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: RunOptions = {}): Promise<{ readonly client: RawClient; readonly run: Running }> {
  running = await runSubmission({ now: () => NOW, ...options });
  const client = await RawClient.greeted({ port: running.port });
  await client.command('EHLO erp.test');
  return { client, run: running };
}

async function submit(client: RawClient, parameters: string, header: string): Promise<string> {
  const mail = await client.command(`MAIL FROM:<a@src.test>${parameters}`);
  if (mail.code !== 250) return mail.raw.trimEnd();
  await client.command('RCPT TO:<b@dest.test>');
  await client.command('DATA');
  return (await client.command(`${header}Subject: x\r\n\r\nbody\r\n.`)).raw.trimEnd();
}

describe('a message', () => {
  it.each<[string, string, string, number | undefined]>([
    ['HOLDFOR', ' HOLDFOR=3600', '', NOW + 3_600_000],
    ['HOLDUNTIL', ' HOLDUNTIL=2025-02-01T08:00:00Z', '', NOW + DAY],
    ['HOLDUNTIL of the past', ' HOLDUNTIL=2025-01-01T08:00:00Z', '', undefined],
    ['X-Relais-Send-At', '', 'X-Relais-Send-At: 2025-02-01T09:00:00+01:00\r\n', NOW + DAY],
    ['X-Relais-Send-At, folded', '', 'x-relais-send-at:\r\n Sat, 1 Feb 2025\r\n\t08:00:00 +0000\r\n', NOW + DAY],
    ['X-Relais-Send-At of the past', '', 'X-Relais-Send-At: 2025-01-30T00:00:00Z\r\n', undefined],
    ['X-Relais-Send-At, empty', '', 'X-Relais-Send-At:\r\n', undefined],
    ['both: the later', ' HOLDFOR=60', 'X-Relais-Send-At: 2025-02-01T08:00:00Z\r\n', NOW + DAY],
    ['both: the later, the other way', ' HOLDFOR=172800', 'X-Relais-Send-At: 2025-02-01T08:00:00Z\r\n', NOW + 2 * DAY],
    ['the last moment of the limit', ' HOLDFOR=2592000', '', NOW + 30 * DAY],
  ])('waits for its time, and expires so long after it: %s', async (_name, parameters, header, releaseAt) => {
    const { client, run } = await start();
    expect(await submit(client, parameters, header)).toMatch(/^250 2\.0\.0 /);
    const [recorded] = run.store.recorded;
    expect(recorded?.message.releaseAt).toBe(releaseAt);
    expect(recorded?.message.acceptedAt).toBe(NOW);
    expect(run.store.times).toEqual([{ dueAt: releaseAt ?? NOW, expireAt: (releaseAt ?? NOW) + 5 * DAY }]);
    expect(recorded?.content.toString()).toBe('Subject: x\r\n\r\nbody\r\n');
  });

  it.each([
    [
      'malformed',
      '',
      'X-Relais-Send-At: next week\r\n',
      /^550 5\.6\.0 X-Relais-Send-At is no time; write it as 2025-01-31T08:00:00\+01:00/,
    ],
    [
      'beyond the limit',
      '',
      'X-Relais-Send-At: 2025-03-31T08:00:00Z\r\n',
      /^550 5\.6\.0 X-Relais-Send-At: messages are kept for 2592000 seconds/,
    ],
    ['HOLDUNTIL beyond the limit', ' HOLDUNTIL=2025-03-31T08:00:00Z', '', /^501 5\.5\.4 The time of release is too far ahead/],
  ])('is refused with what to do: %s', async (_name, parameters, header, expected) => {
    const { client, run } = await start();
    expect(await submit(client, parameters, header)).toMatch(expected);
    expect(run.store.recorded).toEqual([]);
    await client.command('RSET');
    expect(await submit(client, '', '')).toMatch(/^250/);
  });

  it('is not scheduled where futureRelease is 0', async () => {
    const { client } = await start({ limits: { futureRelease: 0 } });
    expect((await client.command('EHLO erp.test')).lines.join(' ')).not.toContain('FUTURERELEASE');
    expect(await submit(client, ' HOLDFOR=1', '')).toMatch(/^555 5\.5\.4/);
    expect(await submit(client, '', 'X-Relais-Send-At: 2025-02-01T08:00:00Z\r\n')).toMatch(
      /^550 5\.6\.0 X-Relais-Send-At: messages are not kept/,
    );
  });

  it('may require TLS of all hops, once it came over TLS itself (RFC 8689)', async () => {
    const { client, run } = await start();
    expect((await client.command('MAIL FROM:<a@src.test> REQUIRETLS')).raw.slice(0, 10)).toBe('530 5.7.10');
    await client.command('STARTTLS');
    await client.startTls();
    await client.command('EHLO erp.test');
    expect(await submit(client, ' REQUIRETLS', '')).toMatch(/^250/);
    expect(await submit(client, '', '')).toMatch(/^250/);
    expect(run.store.recorded.map(({ message }) => message.envelope.requireTls)).toEqual([true, undefined]);
  });
});
