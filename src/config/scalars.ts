/**
 * The scalars of the configuration file: durations, sizes, rates, addresses, patterns. Each gives
 * its unit-free value and says, as its error, what is allowed in its place.
 */
import { isIP } from 'node:net';
import { z } from 'zod';

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(?:\d+(?:ms|s|m|h|d|w))+$/;
const DURATION_ALLOWED = 'a time with its unit, such as 90s, 5m, 1h30m or 5d';

/** Milliseconds of `90s`, `5m`, `1h30m`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) {
    total += Number(count) * (DURATION_UNITS[unit] ?? 0);
  }
  return total;
}

/** `90000` as `1m30s`: how a duration stands in messages to people. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, size] of Object.entries(DURATION_UNITS).reverse()) {
    if (unit === 'w' || rest < size) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text === '' ? '0s' : text;
}

/** Milliseconds; 0 needs no unit. */
export function duration(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = 0, max = 10 * 365 * 86_400_000 } = bounds;
  const least = min > 0 ? `; at least ${formatDuration(min)}` : '';
  const most = bounds.max === undefined ? '' : `; at most ${formatDuration(max)}`;
  const allowed = `${DURATION_ALLOWED}${least}${most}`;
  return z.preprocess(
    (value) => (value === 0 ? '0s' : value),
    z
      .string({ error: allowed })
      .regex(DURATION, { error: allowed })
      .transform((text) => parseDuration(text) ?? 0)
      .refine((ms) => ms >= min && ms <= max, { error: allowed }),
  );
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const SIZE = /^(\d+(?:\.\d+)?) ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$/;
const SIZE_ALLOWED = 'a size with its unit, such as 500kB, 25MB (25,000,000 octets) or 25MiB (26,214,400)';

/** Octets of `25MB`; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (SIZE_UNITS[match[2] ?? ''] ?? 0));
}

export function size(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = 0, max = 1024 ** 4 } = bounds;
  return z.preprocess(
    (value) => (value === 0 ? '0B' : value),
    z
      .string({ error: SIZE_ALLOWED })
      .regex(SIZE, { error: SIZE_ALLOWED })
      .transform((text) => parseSize(text) ?? 0)
      .refine((octets) => octets >= min && octets <= max, { error: `${SIZE_ALLOWED}; from ${min} to ${max} octets` }),
  );
}

const RATE = /^([1-9]\d{0,8}) ?\/ ?(second|minute|hour|day)$/;
const RATE_ALLOWED = 'messages in a time, such as 30/minute; units: second, minute, hour, day';
const RATE_UNITS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export function rate() {
  return z
    .string({ error: RATE_ALLOWED })
    .regex(RATE, { error: RATE_ALLOWED })
    .transform((text) => {
      const match = RATE.exec(text);
      return { messages: Number(match?.[1]), per: RATE_UNITS[match?.[2] ?? ''] ?? 1000 };
    });
}

/** Texts that come from environment or files, where all is text. */
function numeric(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

export function whole(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.preprocess(numeric, z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed }));
}

/** A TCP port; 0 lets the system choose. */
export function port(min: 0 | 1 = 0) {
  const allowed = min === 0 ? 'a port from 1 to 65535, or 0: the system chooses' : 'a port from 1 to 65535';
  return z.preprocess(numeric, z.int({ error: allowed }).min(min, { error: allowed }).max(65_535, { error: allowed }));
}

export function yesNo() {
  return z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean({ error: 'true or false' }));
}

export function oneOf<const T extends readonly [string, ...string[]]>(names: T) {
  return z.enum(names, { error: `one of ${names.join(', ')}` });
}

/** One line of text, not empty. */
export function text(allowed: string, pattern: RegExp = /^[^\r\n\0]+$/) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed });
}

const LISTEN_ALLOWED = 'an IP address of this machine, such as 127.0.0.1, 0.0.0.0 (all, IPv4) or "::" (all), or localhost';

export function listenAddress() {
  return z.string({ error: LISTEN_ALLOWED }).refine((value) => isIP(value) !== 0 || value === 'localhost', { error: LISTEN_ALLOWED });
}

const CIDR_ALLOWED = 'a network, such as 10.0.0.0/8, 192.168.1.7 or fd00::/8';

/** A CIDR range; an address alone stands for itself. */
export function network() {
  return z
    .string({ error: CIDR_ALLOWED })
    .refine(isNetwork, { error: CIDR_ALLOWED })
    .transform((value) => (value.includes('/') ? value : `${value}/${isIP(value) === 4 ? 32 : 128}`));
}

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

const RESOLVER_ALLOWED = 'the IP address of a DNS resolver, with or without port, such as 127.0.0.1, 127.0.0.1:5353 or [::1]:53';

export function resolver() {
  return z.string({ error: RESOLVER_ALLOWED }).refine(
    (value) => {
      if (isIP(value) !== 0) return true;
      const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value);
      return match !== null && isIP(match[1] ?? match[2] ?? '') !== 0 && Number(match[3]) <= 65_535;
    },
    { error: RESOLVER_ALLOWED },
  );
}

const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*$/;

export function isHostName(value: string): boolean {
  return HOST.test(value);
}

/** A host to dial: name or IP address. */
export function host() {
  const allowed = 'a host name or IP address, such as smtp.provider.example';
  return z.string({ error: allowed }).refine((value) => isIP(value) !== 0 || isHostName(value), { error: allowed });
}

/** `name`, `name:port`, `[IPv6]:port`; the port is undefined where none is given. */
export function hostAndPort() {
  const allowed = 'a host name or IP address, with or without port, such as smtp.provider.example or smtp2.provider.example:2525';
  return z
    .string({ error: allowed })
    .refine((value) => splitHostPort(value) !== undefined, { error: allowed })
    .transform((value) => splitHostPort(value) ?? { host: value, port: undefined });
}

function splitHostPort(value: string): { readonly host: string; readonly port: number | undefined } | undefined {
  if (isIP(value) !== 0) return { host: value, port: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(value);
  const name = match?.[1] ?? match?.[2] ?? '';
  if (match?.[1] === undefined ? !isHostName(name) && isIP(name) === 0 : isIP(name) !== 6) return undefined;
  const given = match?.[3];
  const number = given === undefined ? undefined : Number(given);
  return number !== undefined && (number < 1 || number > 65_535) ? undefined : { host: name, port: number };
}

/** A domain name in A-label form. */
export function domain(allowed: string) {
  return text(allowed, HOST).transform((value) => value.toLowerCase());
}

export function url() {
  const allowed = 'an http:// or https:// address';
  return z
    .string({ error: allowed })
    .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), { error: allowed });
}

/** PEM text; put into the configuration by `{file: PATH}`. */
export function pem(what: string) {
  const allowed = `${what} in PEM form, by {file: PATH}`;
  return z.string({ error: allowed }).regex(/-----BEGIN [A-Z0-9 ]+-----/, { error: allowed });
}
