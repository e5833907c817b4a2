import { describe, expect, it } from 'vitest';
import { remoteIdOf, remoteNamesOf } from '../../src/domain/remote-id.ts';
import { parseReply } from '../../src/domain/reply.ts';

const SES = '010201935d2f8a11-6e0f3c1a-2b4d-4c8e-9f10-1a2b3c4d5e6f-000000';

const REPLIES: readonly [server: string, reply: string, name: string | null][] = [
  ['Postfix', '250 2.0.0 Ok: queued as 4XyZ12AbCdEfz', '4XyZ12AbCdEfz'],
  ['Postfix, short names', '250 2.0.0 Ok: queued as 7D3F21A0C4', '7D3F21A0C4'],
  ['Postfix behind a filter', '250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 9A8B7C6D5E', '9A8B7C6D5E'],
  ['Exim', '250 OK id=1tFQ2x-000000012aB-3cDe', '1tFQ2x-000000012aB-3cDe'],
  ['Exim, short names', '250 OK id=1aBcDe-0001x2-3Y', '1aBcDe-0001x2-3Y'],
  ['an Exim of a large provider', '250 Requested mail action okay, completed: id=1MFtKq-1tC3sR0aBc-00EXyz', '1MFtKq-1tC3sR0aBc-00EXyz'],
  ['sendmail', '250 2.0.0 4AOBxYz1012345 Message accepted for delivery', '4AOBxYz1012345'],
  ['OpenSMTPD', '250 2.0.0 8c6b5f2e Message accepted for delivery', '8c6b5f2e'],
  [
    'Microsoft 365',
    '250 2.6.0 <AM0PR01MB1@AM0PR01MB1.eurprd01.prod.outlook.com> [InternalId=24150876, Hostname=AM0PR01MB2.eurprd01.prod.outlook.com] 8765 bytes in 0.12, 70.1 KB/sec Queued mail for delivery',
    'AM0PR01MB1@AM0PR01MB1.eurprd01.prod.outlook.com',
  ],
  ['Exchange', '250 2.6.0 <order-7@erp.example> [InternalId=12345] Queued mail for delivery', 'order-7@erp.example'],
  ['Amazon SES', `250 Ok ${SES}`, SES],
  ['Gmail', '250 2.0.0 OK  1732449301 a640c23a62f3a-aa4f1b2c3d4si123456789a12.34 - gsmtp', 'a640c23a62f3a-aa4f1b2c3d4si123456789a12.34'],
  ['Haraka', '250 Message Queued (1E5C2A7B-3D4F.1)', '1E5C2A7B-3D4F.1'],
  ['a provider that names the queue', '250 2.0.0 Ok: queued on mail-12.provider.example as 1732449301-AbCdEfGh', '1732449301-AbCdEfGh'],
  ['Cisco', '250 ok:  Message 12345678 accepted', '12345678'],
  ['MDaemon', '250 2.6.0 Ok, message saved <Message-ID: order-7@erp.example>', 'order-7@erp.example'],
  ['a message id in words', '250 Accepted, message id: 5f6e7d8c9b', '5f6e7d8c9b'],
  ['a word that no sentence has', '250 2.0.0 OK FB/3C-12345-6A7B8C9D', 'FB/3C-12345-6A7B8C9D'],
  ['nothing but words', '250 2.0.0 Message accepted for delivery', null],
  ['how long it took', '250 Queued (0.512 seconds)', null],
  ['a host and an address', '250 Thanks from mx1.provider.example for 192.0.2.117', null],
  ['two words that may be it', '250 OK a1b2c3d4e5f6 f6e5d4c3b2a1', null],
  ['a bare number', '250 OK 17', null],
  ['nothing', '250', null],
  ['a refusal', '451 4.3.0 queued as 7D3F21A0C4 but then lost', null],
  ['a name beyond measure', `250 Ok: queued as ${'a1'.repeat(200)}`, null],
];

describe('the name in the reply after the final dot', () => {
  it.each(REPLIES)('of %s', (_, raw, expected) => {
    const reply = parseReply(raw);
    if (reply === undefined) throw new Error(`no reply: ${raw}`);
    expect(remoteIdOf(reply)).toBe(expected);
  });

  it('takes no time over a hostile text', () => {
    const started = performance.now();
    for (const text of [
      'queued as '.repeat(5000),
      'id='.repeat(20_000),
      'a1'.repeat(30_000),
      `${'<'.repeat(30_000)}>`,
      'message '.repeat(8000),
    ]) {
      remoteIdOf({ code: 250, status: null, text });
    }
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('is looked for with and without the domain that a provider puts behind it', () => {
    expect(remoteNamesOf(`${SES}@eu-west-1.amazonses.com`)).toEqual([`${SES}@eu-west-1.amazonses.com`, SES]);
    expect(remoteNamesOf('4XyZ12AbCdEfz')).toEqual(['4XyZ12AbCdEfz']);
  });
});
