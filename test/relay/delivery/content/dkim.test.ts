import { afterEach, describe, expect, it } from 'vitest';
import type { DkimKey } from '../../../../src/domain/settings.ts';
import { makeDkimKey } from '../../../support/dkim-keys.ts';
import { type VerifiedSignature, verifyDkim } from '../../../support/dkim-verifier.ts';
import { type FakeHop, type FakeHopOptions, startFakeHop } from '../../../support/fake-hop.ts';
import { type Harness, type NewMessage, smarthost, startHarness } from '../harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const RSA = makeDkimKey('rsa', 'example.com', 's1');
const EDWARDS = makeDkimKey('ed25519', 'example.com', 's2');
const RECORDS = { ...RSA.records, ...EDWARDS.records };

async function start(
  keys: readonly DkimKey[],
  options: FakeHopOptions = {},
  changes: Parameters<typeof startHarness>[1] = {},
): Promise<{ hop: FakeHop; relay: Harness }> {
  const hop = await startFakeHop(options);
  open.push(hop);
  const relay = await startHarness([smarthost(hop.port)], { dkim: keys, ...changes });
  open.push(relay);
  return { hop, relay };
}

async function send(
  relay: Harness,
  hop: FakeHop,
  message: Partial<NewMessage>,
): Promise<{ content: Buffer; signatures: readonly VerifiedSignature[] }> {
  const id = await relay.accept({ to: ['ann@example.net'], ...message });
  const detail = await relay.settled(id);
  expect(detail.recipients.map(({ state }) => state)).toEqual(['transferred']);
  const content = hop.messages.at(-1)?.content ?? Buffer.alloc(0);
  return { content, signatures: verifyDkim(content, RECORDS) };
}

const MAIL = 'From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: Invoice\r\n\r\n.dot  first \t\r\n\r\nlast\r\n\r\n\r\n';

describe('DKIM signatures at egress', () => {
  it('RSA and Ed25519 both sign, both hold, and the content is as it came behind them', async () => {
    const { hop, relay } = await start([RSA.key, EDWARDS.key]);
    const { content, signatures } = await send(relay, hop, { content: MAIL });
    expect(signatures.map(({ result, algorithm, selector }) => [result, algorithm, selector])).toEqual([
      ['pass', 'rsa-sha256', 's1'],
      ['pass', 'ed25519-sha256', 's2'],
    ]);
    expect(content.toString()).toMatch(
      /^DKIM-Signature: v=1; a=rsa-sha256; [\s\S]*\r\nDKIM-Signature: v=1; a=ed25519-sha256; [\s\S]*\r\nReceived: /,
    );
    expect(content.toString().endsWith(MAIL)).toBe(true);
    expect(signatures[0]?.tags).not.toHaveProperty('l');
    for (const name of ['from', 'to', 'subject']) expect(signatures[0]?.signed.filter((one) => one === name)).toHaveLength(2);
  });
});
