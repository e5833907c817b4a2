/**
 * Values of the register: one octet of version, the CRC-32 of the rest, then the rest. LevelDB hands
 * out what a flipped bit made of a value without a word (60 of 60 tried), so every value that
 * carries meaning is checked here: a wrong one is an error, never a wrong answer.
 */
import { crc32 } from 'node:zlib';
import { StoreError } from '../../domain/errors.ts';

const VERSION = 1;
export const VALUE_HEAD = 5;

/**
 * Of index keys: the key says it all. Not empty, for classic-level 3.0.0 never frees the copy it
 * makes of an empty value: 32 octets a put, a gigabyte in a million messages.
 */
export const NO_VALUE = Buffer.from([VERSION]);

/** Completes a value whose payload already stands from octet `VALUE_HEAD` on. */
export function seal(value: Buffer): Buffer {
  value[0] = VERSION;
  value.writeUInt32LE(crc32(value.subarray(VALUE_HEAD)), 1);
  return value;
}

export function encodeText(text: string): Buffer {
  const value = Buffer.allocUnsafe(VALUE_HEAD + Buffer.byteLength(text));
  value.write(text, VALUE_HEAD);
  return seal(value);
}

export function encodeJson(content: unknown): Buffer {
  return encodeText(JSON.stringify(content));
}

/** The payload, its checksum checked. */
export function payloadOf(key: string, value: Buffer): Buffer {
  const payload = value.subarray(VALUE_HEAD);
  if (value.length < VALUE_HEAD || value.readUInt32LE(1) !== crc32(payload)) {
    throw new StoreError(
      'damaged',
      `the register is damaged: the value at ${show(key)} does not match its checksum; stop relais and run \`relais verify\`, then restore a backup or run \`relais rebuild\``,
    );
  }
  if (value[0] !== VERSION) {
    throw new StoreError('version', `the value at ${show(key)} was written by a newer version of relais: start that version`);
  }
  return payload;
}

export function decodeJson<T>(key: string, value: Buffer): T {
  return JSON.parse(payloadOf(key, value).toString('utf8')) as T;
}

function show(key: string): string {
  return JSON.stringify(key);
}
