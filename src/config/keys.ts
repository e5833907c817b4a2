/**
 * The relay's own keys in `dataDir/keys`, made at the first start, readable by its user alone:
 * `verp.json` (signs return paths; the first signs, all verify, so that keys rotate), `session.key`
 * (signs sessions and sign-in links), `evidence.key` (signs evidence and seals; Ed25519), `tls.key` and `tls.crt` (self-signed, where the configuration
 * gives no certificate). A file that is there and does not parse is an error, never replaced: with
 * a new VERP key the bounces of all mail on its way would be lost.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsMaterial } from '../domain/settings.ts';
import type { TokenKey } from '../domain/tokens.ts';
import { ConfigError } from './issues.ts';

export interface RelayKeys {
  readonly verp: readonly TokenKey[];
  readonly session: Buffer;
  /** PKCS #8, PEM. */
  readonly evidence: string;
  readonly tls: NonNullable<TlsMaterial>;
}

export interface KeyRequest {
  readonly dataDir: string;
  readonly hostname: string;
  /** The configured certificate; null: a self-signed one is kept in the data directory. */
  readonly tls: TlsMaterial;
  readonly now: number;
  /** Milliseconds after acceptance in which a token is believed: keys that signed before are dropped. Absent: none is. */
  readonly tokenLifetime?: number;
}

const SECRET_OCTETS = 32;
const CERTIFICATE_YEARS = 10;
/** A self-signed certificate is renewed when it has less than this left. */
const RENEW_BEFORE = 30 * 86_400_000;
const YEAR = 365.25 * 86_400_000;

/** Reads the keys, and makes those that are missing. */
export async function openKeys(request: KeyRequest): Promise<RelayKeys> {
  const directory = join(request.dataDir, 'keys');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  return {
    verp: verpKeys(join(directory, 'verp.json'), request),
    session: sessionKey(join(directory, 'session.key')),
    evidence: evidenceKey(join(directory, 'evidence.key')),
    tls: request.tls ?? (await certificate(directory, request)),
  };
}

/** A key as it stands in the file, and since when it signs no more, as a relay that started has noted. */
interface StoredKey {
  readonly id: string;
  /** Base64. */
  readonly secret: string;
  /** RFC 3339. */
  readonly retired?: string;
}

export interface RotatedKeys {
  /** Of the key that signs from the next start or reload on. */
  readonly signing: string;
  /** Of those that verify until the tokens they signed have expired. */
  readonly verifying: readonly string[];
}

const NEW_KEY = (id: string): StoredKey => ({ id, secret: randomBytes(SECRET_OCTETS).toString('base64') });
const KEYS_EXPECTED = 'keys: [{id: one or two of 0-9a-z, secret: base64 of at least 16 octets}, …]';

/**
 * All keys, the one that signs first. Others are noted as retired when they are first seen, for that
 * is when they stop to sign; they are dropped once the last token they can have signed has expired.
 */
function verpKeys(file: string, { now, tokenLifetime }: KeyRequest): readonly TokenKey[] {
  const text = readOr(file, () => keyFileText([NEW_KEY('0')]));
  const keys = parseVerpKeys(text);
  if (keys === null) throw damaged(file, KEYS_EXPECTED);
  const kept = keys.flatMap((key, i): StoredKey[] => {
    if (i === 0) return [{ id: key.id, secret: key.secret }];
    const retired = key.retired ?? new Date(now).toISOString();
    const over = tokenLifetime !== undefined && Date.parse(retired) + tokenLifetime < now;
    return over ? [] : [{ ...key, retired }];
  });
  const settled = keyFileText(kept);
  if (JSON.stringify(kept) !== JSON.stringify(keys)) write(file, settled);
  return kept.map(({ id, secret }) => ({ id, secret: Buffer.from(secret, 'base64') }));
}

/** Puts a new key in front, which signs from the next start or reload on. */
export function rotateVerpKeys(dataDir: string): RotatedKeys {
  const directory = join(dataDir, 'keys');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'verp.json');
  const present = read(file);
  const keys = present === null ? [] : parseVerpKeys(present);
  if (keys === null) throw damaged(file, KEYS_EXPECTED);
  const id = freeId(keys);
  if (id === undefined) throw new Error(`${file} holds as many keys as there are names for: none can be added`);
  write(file, keyFileText([NEW_KEY(id), ...keys]));
  return { signing: id, verifying: keys.map((key) => key.id) };
}

/** The next after the newest, so that a name comes back as late as it can. */
function freeId(keys: readonly StoredKey[]): string | undefined {
  const newest = Number.parseInt(keys[0]?.id ?? 'zz', 36);
  for (let i = 1; i <= KEY_IDS; i++) {
    const id = ((newest + i) % KEY_IDS).toString(36);
    if (!keys.some((key) => key.id === id)) return id;
  }
  return undefined;
}

const KEY_IDS = 36 ** 2;

function keyFileText(keys: readonly StoredKey[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

function parseVerpKeys(text: string): readonly StoredKey[] | null {
  try {
    const parsed = JSON.parse(text) as { keys?: readonly { id?: unknown; secret?: unknown; retired?: unknown }[] };
    const keys = (parsed.keys ?? []).map(({ id, secret, retired }) => ({
      id: String(id),
      secret: String(secret),
      ...(retired === undefined ? {} : { retired: String(retired) }),
    }));
    return keys.length > 0 && keys.every(isSound) ? keys : null;
  } catch {
    return null;
  }
}

function isSound({ id, secret, retired }: StoredKey): boolean {
  const dated = retired === undefined || Number.isFinite(Date.parse(retired));
  return /^[0-9a-z]{1,2}$/.test(id) && Buffer.from(secret, 'base64').length >= 16 && dated;
}

function sessionKey(file: string): Buffer {
  const text = readOr(file, () => `${randomBytes(SECRET_OCTETS).toString('base64')}\n`);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length < SECRET_OCTETS) throw damaged(file, '32 octets in base64');
  return key;
}

function evidenceKey(file: string): string {
  const made = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const text = readOr(file, made);
  if (!isEd25519(text)) throw damaged(file, 'an Ed25519 key in PEM (PKCS #8)');
  return text;
}

function isEd25519(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

async function certificate(directory: string, { hostname, now }: KeyRequest): Promise<NonNullable<TlsMaterial>> {
  const keyFile = join(directory, 'tls.key');
  const certificateFile = join(directory, 'tls.crt');
  const key = read(keyFile);
  const pem = read(certificateFile);
  if (key !== null && pem !== null && holds(pem, hostname, now)) return { key, certificate: pem };
  // Loaded when it is needed, once in ten years: it takes longer than the whole rest of the start.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: hostname }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - 86_400_000),
    notAfterDate: new Date(now + CERTIFICATE_YEARS * YEAR),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: hostname },
          ...(hostname === 'localhost' ? [] : [{ type: 2 as const, value: 'localhost' }]),
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  write(keyFile, made.private);
  write(certificateFile, made.cert);
  return { key: made.private, certificate: made.cert };
}

/** Whether the certificate is for this host and will be valid for a while. */
function holds(pem: string, hostname: string, now: number): boolean {
  try {
    const parsed = new X509Certificate(pem);
    return parsed.checkHost(hostname) !== undefined && Date.parse(parsed.validTo) > now + RENEW_BEFORE;
  } catch {
    return false;
  }
}

function damaged(file: string, expected: string): ConfigError {
  const message = `holds no key: expected ${expected}. Put it back from a backup; take it away only if what it signed need not be recognised any more: return paths, sessions or evidence`;
  return new ConfigError(file, [{ path: [], line: null, value: null, message }]);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readOr(file: string, make: () => string): string {
  const present = read(file);
  if (present !== null) return present;
  const made = make();
  write(file, made);
  return made;
}

/** Whole or not at all: a key half written would be worse than none. */
function write(file: string, text: string): void {
  const temporary = `${file}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}
