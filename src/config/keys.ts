/**
 * The relay's own keys in `dataDir/keys`, made at the first start, readable by its user alone:
 * `verp.json` (signs return paths; the first signs, all verify, so that keys rotate), `session.key`
 * (signs sessions and sign-in links), `tls.key` and `tls.crt` (self-signed, where the configuration
 * gives no certificate). A file that is there and does not parse is an error, never replaced: with
 * a new VERP key the bounces of all mail on its way would be lost.
 */
import { randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsMaterial } from '../domain/settings.ts';
import type { TokenKey } from '../domain/tokens.ts';
import { ConfigError } from './issues.ts';

export interface RelayKeys {
  readonly verp: readonly TokenKey[];
  readonly session: Buffer;
  readonly tls: NonNullable<TlsMaterial>;
}

export interface KeyRequest {
  readonly dataDir: string;
  readonly hostname: string;
  /** The configured certificate; null: a self-signed one is kept in the data directory. */
  readonly tls: TlsMaterial;
  readonly now: number;
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
    verp: verpKeys(join(directory, 'verp.json')),
    session: sessionKey(join(directory, 'session.key')),
    tls: request.tls ?? (await certificate(directory, request)),
  };
}

function verpKeys(file: string): readonly TokenKey[] {
  const text = readOr(file, () => {
    const made = [{ id: '0', secret: randomBytes(SECRET_OCTETS).toString('base64') }];
    return `${JSON.stringify({ keys: made }, null, 2)}\n`;
  });
  const keys = parseVerpKeys(text);
  if (keys === null) throw damaged(file, 'keys: [{id: one or two of 0-9a-z, secret: base64 of at least 16 octets}, …]');
  return keys;
}

function parseVerpKeys(text: string): readonly TokenKey[] | null {
  try {
    const parsed = JSON.parse(text) as { keys?: readonly { id?: unknown; secret?: unknown }[] };
    const keys = (parsed.keys ?? []).map(({ id, secret }) => ({ id: String(id), secret: Buffer.from(String(secret), 'base64') }));
    return keys.length > 0 && keys.every((key) => /^[0-9a-z]{1,2}$/.test(key.id) && key.secret.length >= 16) ? keys : null;
  } catch {
    return null;
  }
}

function sessionKey(file: string): Buffer {
  const text = readOr(file, () => `${randomBytes(SECRET_OCTETS).toString('base64')}\n`);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length < SECRET_OCTETS) throw damaged(file, '32 octets in base64');
  return key;
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
  const message = `holds no key: expected ${expected}. Put it back from a backup; take it away only if return paths and sessions may be lost`;
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
