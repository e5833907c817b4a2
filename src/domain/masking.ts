/** The configuration in force without its secrets, with durations and sizes as people write them. Pure. */
import type { Config } from './settings.ts';

/** Names of keys whose values are secret, or too long to be read, such as certificates. */
const SECRET_KEY = /^(?:password|secret|secrets|key|privateKey|certificate|ca|token|clientSecret|refreshToken|serviceAccount)$/i;

export function isSecretKey(name: string): boolean {
  return SECRET_KEY.test(name);
}

/** What stands for a secret that is there. */
export const MASK = '••••••';

const DURATIONS = new Set([
  'after',
  'attemptTimeout',
  'audit',
  'content',
  'data',
  'delayNoticeAfter',
  'delays',
  'duration',
  'every',
  'expireAfter',
  'futureRelease',
  'greetingDelay',
  'idle',
  'lease',
  'patience',
  'per',
  'quiet',
  'records',
  'repeat',
  'shutdownGrace',
  'timeLimit',
  'tokenLifetime',
  'within',
]);
const SIZES = new Set(['messageSize', 'diskFloor', 'attachments']);

export type Masked = string | number | boolean | null | readonly Masked[] | { readonly [name: string]: Masked };

/** Where it came from, and each section of it. */
export function maskedConfig(config: Config): { readonly [section: string]: Masked } {
  const { file: _, sandbox: __, reports, ...rest } = config;
  const { ownRules, ...known } = reports;
  const whole = { ...rest, reports: { ...known, ownRules: ownRules == null ? null : MASK_RULES } };
  return masked(whole, '') as { readonly [section: string]: Masked };
}

/** The rules stand in a file of their own. */
const MASK_RULES = 'as in reports.rules';

function masked(value: unknown, name: string): Masked {
  if (isSecretKey(name)) return isNothing(value) ? null : MASK;
  if (Array.isArray(value)) return value.map((one) => masked(one, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one, key)]));
  }
  if (typeof value === 'number') return DURATIONS.has(name) ? durationText(value) : SIZES.has(name) ? sizeText(value) : value;
  if (typeof value === 'string') return /^url$/i.test(name) ? urlText(value) : value;
  return typeof value === 'boolean' ? value : null;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Addresses of webhooks are secrets themselves where they carry a token: the host says enough. */
function urlText(value: string): string {
  if (!URL.canParse(value)) return MASK;
  const { origin, pathname, search } = new URL(value);
  return pathname === '/' && search === '' ? origin : `${origin}/${MASK}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
];

/** `90m`: the largest unit that leaves no rest. */
export function durationText(ms: number): string {
  if (ms === 0) return '0';
  const unit = UNITS.find(([size]) => ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[0]}${unit[1]}`;
}

function sizeText(octets: number): string {
  if (octets >= 1_000_000 && octets % 1_000_000 === 0) return `${octets / 1_000_000}MB`;
  return octets >= 1_000 && octets % 1_000 === 0 ? `${octets / 1_000}kB` : String(octets);
}
