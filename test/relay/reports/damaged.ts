/** What happens to reports on their way, or what somebody does to them: for own fixtures and for real ones. */
import { expect } from 'vitest';
import { type ReportMime, readAnyMime, readMime, withLineFeeds } from '../../../src/relay/reports/mime.ts';
import { type ParsedReport, parseReport } from '../../../src/relay/reports/parse.ts';
import { readPlainMime } from '../../../src/relay/reports/plain-mime.ts';

/** Milliseconds of the processor for one report, however damaged. */
export const READING_LIMIT = 200;

export interface Variant {
  readonly name: string;
  readonly raw: Buffer;
}

function withLineEnds(raw: Buffer, lineEnd: (n: number) => string): Buffer {
  let n = 0;
  return Buffer.from(
    raw.toString('latin1').replace(/\r\n|\r|\n/g, () => lineEnd(n++)),
    'latin1',
  );
}

/** The same report with each kind of line end, the last of them mixed. */
export function lineEndVariants(raw: Buffer): readonly Variant[] {
  return [
    { name: 'CR alone', raw: withLineEnds(raw, () => '\r') },
    { name: 'LF alone', raw: withLineEnds(raw, () => '\n') },
    { name: 'CRLF', raw: withLineEnds(raw, () => '\r\n') },
    { name: 'LF and CRLF mixed', raw: withLineEnds(raw, (n) => (n % 3 === 0 ? '\n' : '\r\n')) },
  ];
}

/** The same numbers each time, so that what fails fails again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** `share`: of all octets, those that are flipped. */
function flipped(raw: Buffer, seed: number, share: number): Buffer {
  const next = numbers(seed);
  const copy = Buffer.from(raw);
  for (let n = Math.max(1, Math.round(raw.length * share)); n > 0; n--) copy[next(copy.length)] = next(256);
  return copy;
}

export function flippedVariants(raw: Buffer, count: number): readonly Variant[] {
  return Array.from({ length: count }, (_, seed) => {
    const share = [0, 0.001, 0.01, 0.1][seed % 4] ?? 0;
    return { name: `octets flipped (seed ${seed}, share ${share})`, raw: flipped(raw, seed + 1, share) };
  });
}

export function truncatedVariants(raw: Buffer, count: number): readonly Variant[] {
  return Array.from({ length: count }, (_, n) => {
    const at = Math.floor((raw.length * n) / count);
    return { name: `truncated at ${at}`, raw: raw.subarray(0, at) };
  });
}

/** Inside as many multiparts, or inside as many returned messages. */
export function nestedVariants(raw: Buffer, depth: number): readonly Variant[] {
  const levels = Array.from({ length: depth }, (_, n) => n);
  const multipart = (n: number): string => `Content-Type: multipart/mixed; boundary="n${n}"\r\n\r\n--n${n}\r\n`;
  const message = (n: number): string => `${multipart(n)}Content-Type: message/rfc822\r\n\r\n`;
  const ends = [...levels].reverse().map((n) => `\r\n--n${n}--\r\n`);
  const inside = (name: string, start: (n: number) => string): Variant => ({
    name,
    raw: Buffer.concat([Buffer.from(levels.map(start).join('')), raw, Buffer.from(ends.join(''))]),
  });
  return [inside(`${depth} multiparts deep`, multipart), inside(`${depth} returned messages deep`, message)];
}

/** Reads it; milliseconds of the processor. Throws where the parser does. */
async function timed(raw: Buffer): Promise<number> {
  const started = process.cpuUsage();
  await parseReport(raw);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/**
 * Expects of each that it is read, in time. One that is late is read again: the collector of garbage
 * and the compiler take their time from whoever is at work. Gives the slowest, in milliseconds.
 */
export async function expectReadInTime(variants: readonly Variant[]): Promise<number> {
  let slowest = 0;
  for (const { name, raw } of variants) {
    let took = await timed(raw).catch((error: unknown) => {
      throw new Error(`${name}: it threw`, { cause: error });
    });
    if (took > READING_LIMIT) took = Math.min(await timed(raw), await timed(raw));
    expect(took, name).toBeLessThan(READING_LIMIT);
    slowest = Math.max(slowest, took);
  }
  return slowest;
}

/** Expects the same of each as of the report itself. */
export async function expectSame(raw: Buffer, variants: readonly Variant[], name: string): Promise<ParsedReport> {
  const report = await parseReport(raw);
  for (const variant of variants) expect(await parseReport(variant.raw), `${name}, ${variant.name}`).toEqual(report);
  return report;
}

/** As readMime gives it to those who read it. */
export function prepared(raw: Buffer): Buffer {
  const bytes = withLineFeeds(raw);
  const begin = bytes.findIndex((octet) => octet !== 13 && octet !== 10);
  return bytes.subarray(begin === -1 ? bytes.length : begin);
}

/** How many of them are plain; those are read as mailparser reads them. */
export async function plainOnesReadAlike(variants: readonly Variant[]): Promise<number> {
  let plain = 0;
  for (const { name, raw } of variants) {
    if (readPlainMime(prepared(raw)) === null) continue;
    plain++;
    const wanted: ReportMime = await readAnyMime(prepared(raw));
    if (wanted.text.includes('\ufffd')) continue;
    expect(await readMime(raw), name).toEqual(wanted);
  }
  return plain;
}
