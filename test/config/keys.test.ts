import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openKeys, rotateVerpKeys } from '../../src/config/index.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'relais-keys-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const NOW = Date.UTC(2026, 0, 1);
const request = () => ({ dataDir, hostname: 'relay.example.com', tls: null, now: NOW });

it('R65 keys are made once, kept, and readable by their user alone', async () => {
  const first = await openKeys(request());
  expect(await openKeys(request())).toEqual(first);
  const directory = join(dataDir, 'keys');
  expect(readdirSync(directory).sort()).toEqual(['evidence.key', 'session.key', 'tls.crt', 'tls.key', 'verp.json']);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

it('the self-made certificate is for the host, localhost and 127.0.0.1, for ten years', async () => {
  const { tls } = await openKeys(request());
  const certificate = new X509Certificate(tls.certificate);
  expect(certificate.checkHost('relay.example.com')).toBe('relay.example.com');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(Date.parse(certificate.validTo) - NOW).toBeGreaterThan(3650 * 86_400_000);
});

it('a certificate for another name, or at its end, is made anew', async () => {
  const first = await openKeys(request());
  const renamed = await openKeys({ ...request(), hostname: 'other.example' });
  expect(renamed.tls.certificate).not.toBe(first.tls.certificate);
  const late = await openKeys({ ...request(), hostname: 'other.example', now: NOW + 3650 * 86_400_000 });
  expect(late.tls.certificate).not.toBe(renamed.tls.certificate);
});

const DAY = 86_400_000;
const LIFETIME = 60 * DAY;
const opened = async (now: number) =>
  (await openKeys({ ...request(), now, tokenLifetime: LIFETIME })).verp.map(
    ({ id, secret }) => `${id} ${Buffer.from(secret).toString('hex')}`,
  );

it('R47 a new VERP key signs after rotation; the old one verifies until its tokens have expired, counted from when it signed last', async () => {
  const [old] = await opened(NOW);
  expect(rotateVerpKeys(dataDir)).toEqual({ signing: '1', verifying: ['0'] });
  // The relay went on signing with the old one until it was loaded again.
  const loaded = NOW + 100 * DAY;
  const both = await opened(loaded);
  expect(both).toEqual([expect.stringMatching(/^1 [0-9a-f]{64}$/), old]);
  expect(await opened(loaded + LIFETIME)).toEqual(both);
  expect(await opened(loaded + LIFETIME + 1)).toEqual([both[0]]);
  expect(rotateVerpKeys(dataDir)).toEqual({ signing: '2', verifying: ['1'] });
  expect(statSync(join(dataDir, 'keys', 'verp.json')).mode & 0o777).toBe(0o600);
});

it('a VERP key that is rotated twice before a reload leaves all that may have signed', async () => {
  const [old] = await opened(NOW);
  rotateVerpKeys(dataDir);
  rotateVerpKeys(dataDir);
  const keys = await opened(NOW + DAY);
  expect(keys.map((key) => key.split(' ')[0])).toEqual(['2', '1', '0']);
  expect(keys[2]).toBe(old);
});

it('a VERP key file that can not be read is not rotated', async () => {
  await openKeys(request());
  writeFileSync(join(dataDir, 'keys', 'verp.json'), '{"keys": []}');
  expect(() => rotateVerpKeys(dataDir)).toThrow(/holds no key/);
});

it('a VERP key file that does not parse is refused, never replaced: bounces on their way depend on it', async () => {
  await openKeys(request());
  writeFileSync(join(dataDir, 'keys', 'verp.json'), '{"keys": []}');
  await expect(openKeys(request())).rejects.toThrow(/verp\.json has 1 mistake:\n {2}holds no key/);
});

it('a key of evidence that is none is an error that says so, and is never replaced', async () => {
  const { evidence } = await openKeys(request());
  expect(createPrivateKey(evidence).asymmetricKeyType).toBe('ed25519');
  const file = join(dataDir, 'keys', 'evidence.key');
  for (const text of [
    '',
    'no key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ]) {
    writeFileSync(file, text);
    await expect(openKeys(request())).rejects.toThrow(/evidence\.key.*holds no key: expected an Ed25519 key/s);
    expect(readFileSync(file, 'utf8')).toBe(text);
  }
});
