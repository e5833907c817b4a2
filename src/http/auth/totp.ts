/**
 * The second factor: one-time passwords by time (RFC 6238) with SHA-1, six digits and 30 seconds, which
 * is what every authenticator app takes, and recovery codes for when the device is lost.
 */
import { createHash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { encode } from 'uqr';

const PERIOD = 30;
/** RFC 6238 §5.2: one step to either side, for clocks that differ and codes that travel. */
const DRIFT = 1;
/** RFC 4226 §4, R6: 160 bits. */
const SECRET_OCTETS = 20;
const RECOVERY_CODES = 10;
/** 80 bits: a hash without a salt is enough. */
const RECOVERY_OCTETS = 10;

type RandomBytes = (length: number) => Uint8Array;

export function newTotpSecret(randomBytes: RandomBytes): string {
  return new Secret({ buffer: new Uint8Array(randomBytes(SECRET_OCTETS)).buffer }).base32;
}

function totpOf(secret: string): TOTP {
  return new TOTP({ issuer: 'relais', algorithm: 'SHA1', digits: 6, period: PERIOD, secret: Secret.fromBase32(secret) });
}

/** What a device reads from the QR code: `otpauth://totp/…`. `place`: which relais, where somebody has several. */
export function totpUri(secret: string, user: string, place: string): string {
  const totp = totpOf(secret);
  totp.issuer = place === '' ? 'relais' : `relais ${place}`;
  totp.label = user;
  return totp.toString();
}

/** The time step whose code this is; undefined when it is none of now. Spaces do not count. */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = totpOf(secret).validate({ token, timestamp: now, window: DRIFT });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD) + delta;
}

/** Codes to be written down, and what is kept of them. */
export function newRecoveryCodes(randomBytes: RandomBytes): { readonly codes: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const text = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_OCTETS)).buffer }).base32.toLowerCase();
    return text.match(/.{4}/g)?.join('-') ?? text;
  });
  return { codes, hashes: codes.map(recoveryHash) };
}

/** However it is written: capitals, spaces and dashes do not count. */
export function recoveryHash(code: string): string {
  return createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest('hex');
}

/** A QR code as one path of a square of `size` units, a quiet zone of 4 around it: no style, no script. */
export function qrPath(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = encode(text, { border: 4, ecc: 'M' });
  const runs: string[] = [];
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue;
      const from = x;
      while (row[x + 1] === true) x++;
      runs.push(`M${from} ${y}h${x + 1 - from}v1h-${x + 1 - from}z`);
    }
  }
  return { size, path: runs.join('') };
}
