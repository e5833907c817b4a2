/** `relais dkim generate`: makes a key that signs, and says what goes into DNS and into the configuration; never overwrites. */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import { recordOf, txtStrings, zoneLine } from '../domain/dkim-record.ts';
import { CommandError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface GenerateOptions {
  readonly domain: string;
  readonly selector: string;
  readonly type: 'rsa' | 'ed25519';
  readonly bits: number;
  readonly out?: string;
  readonly json?: boolean;
}

const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/;
/** RFC 8301 §3.2; past the upper one, DNS answers do not fit any more. */
const RSA_BITS = { least: 1024, most: 4096 } as const;

export async function generate(options: GenerateOptions, terminal: Terminal): Promise<void> {
  const domain = named('domain', domainToASCII(options.domain).toLowerCase() || options.domain, 'such as example.com');
  const selector = named('selector', options.selector.toLowerCase(), 'such as s1: it names the key among those of the domain');
  const key = await privateKey(options);
  const file = resolve(options.out ?? `dkim-${domain}-${selector}.pem`);
  keep(file, key);
  const record = recordOf({ domain, selector, key });
  const configuration = `{domain: ${domain}, selector: ${selector}, key: {file: ${JSON.stringify(file)}}}`;
  if (options.json === true) {
    const { name, value } = record;
    const entry = { domain, selector, key: { file } };
    terminal.print(JSON.stringify({ file, record: { name, type: 'TXT', value, strings: txtStrings(value) }, configuration: entry }));
    return;
  }
  terminal.print(`${file} is written. It is readable by this user alone: the one that runs relais must be able to read it.\n`);
  terminal.print(`Publish in DNS, as a line of the zone file:\n\n${zoneLine(record)}\n`);
  if (txtStrings(record.value).length > 1)
    terminal.print(`or, where your provider asks for name and value:\n\n${record.name}\n${record.value}\n`);
  terminal.print(`Then add to the configuration, and see whether both agree with: relais check\n\ndkim:\n  - ${configuration}`);
}

function named(what: string, text: string, example: string): string {
  if (NAME.test(text)) return text;
  throw new CommandError(EXIT.usage, `--${what} is ${JSON.stringify(text)}, which is no name in DNS.`, `Give one ${example}.`);
}

async function privateKey({ type, bits }: GenerateOptions): Promise<string> {
  if (type === 'ed25519') return pem(await promisify(generateKeyPair)('ed25519'));
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    throw new CommandError(EXIT.usage, `--bits is ${bits}.`, `From ${RSA_BITS.least} to ${RSA_BITS.most}; 2048 is right.`);
  }
  return pem(await promisify(generateKeyPair)('rsa', { modulusLength: bits }));
}

function pem({ privateKey: key }: { readonly privateKey: KeyObject }): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keep(file: string, key: string): void {
  try {
    writeFileSync(file, key, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError(
      EXIT.negative,
      `${file} exists already; nothing was changed.`,
      'Mail may be signed with that key: take another selector, or another file with --out.',
    );
  }
}
