/**
 * `relais evidence WHAT`: signed evidence of a message or document, from the running relay. `verify` needs
 * none: it looks at a file, and says of each statement in it whether it holds.
 */
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { EvidenceKey } from '../domain/evidence.ts';
import { type CheckedWith, checkEvidence, type EvidenceFinding, readEvidence } from '../domain/evidence-check.ts';
import { parseMessageId } from '../domain/ids.ts';
import type { Seal } from '../domain/ledger.ts';
import { attachedStatement, fingerprintOf, holdsAsSigned, isPdf } from '../evidence/index.ts';
import { type Api, NotFound, type Query } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { printable, type Terminal } from './terminal.ts';

export interface EvidenceOptions {
  readonly pdf?: string;
  readonly language?: string;
  readonly administration?: string;
}

export async function evidence(api: Api, what: string, options: EvidenceOptions, terminal: Terminal): Promise<void> {
  const { pdf, language, administration } = options;
  const form = pdf === undefined ? 'json' : 'pdf';
  const bytes = await bytesOf(api, what, form, { language, administration });
  if (pdf === undefined) {
    terminal.print(bytes.toString('utf8').trimEnd());
    return;
  }
  writeFileSync(pdf, bytes);
  terminal.note(`Written to ${printable(pdf)}; \`relais evidence verify\` checks it.`);
}

/** A message by its id or Message-ID, else a document. */
async function bytesOf(api: Api, what: string, form: 'json' | 'pdf', query: Query): Promise<Buffer> {
  const { language } = query;
  const id = parseMessageId(what) ?? (await idOf(api, what.replace(/^<(.*)>$/, '$1')));
  if (id !== undefined) {
    try {
      return await api.getRaw(`/messages/${encodeURIComponent(id)}/evidence.${form}`, { language });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }
  try {
    return await api.getRaw(`/documents/${encodeURIComponent(what)}/evidence.${form}`, query);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new NotFound(`There is no evidence for ${printable(what)}: it is no id, Message-ID or document of any message.`);
  }
}

/** Of the newest message with this Message-ID. */
async function idOf(api: Api, messageId: string): Promise<string | undefined> {
  if (!messageId.includes('@')) return undefined;
  const { items } = await api.get<{ items: readonly { readonly id: string }[] }>('/messages', { messageId, limit: '1' });
  return items[0]?.id;
}

export async function showKey(api: Api, { json }: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const key = await api.get<EvidenceKey>('/evidence/key');
  if (json === true) terminal.print(JSON.stringify(key));
  else {
    terminal.print(key.publicKey.trimEnd());
    terminal.note(`Fingerprint: ${key.key}`);
  }
}

/** One a line, oldest first: to be kept by others. */
export async function showSeals(api: Api, { after = '0' }: { readonly after?: string }, terminal: Terminal): Promise<void> {
  for (let next: string | null = after; next !== null; ) {
    const page: { items: readonly Seal[]; next: number | null } = await api.get('/evidence/seals', { after: next, limit: '500' });
    for (const seal of page.items) terminal.print(JSON.stringify(seal));
    next = page.next === null ? null : String(page.next);
  }
}

// ── Verifying ──

export interface VerifyOptions {
  readonly key?: string;
  readonly content?: string;
  readonly seals?: string;
  readonly json?: boolean;
}

/** `relay`: the one to be asked for its key where none is given; undefined: there is none. */
export async function verifyEvidence(file: string, options: VerifyOptions, relay: Api | undefined, terminal: Terminal): Promise<void> {
  const bytes = read(file);
  const given: CheckedWith = {
    key: await keyKnown(options.key, relay),
    ...(options.content === undefined ? {} : { content: hashesOfContent(read(options.content)) }),
    ...(options.seals === undefined ? {} : { seals: sealsIn(read(options.seals).toString('utf8'), options.seals) }),
  };
  const findings = await findingsOf(bytes, given);
  if (options.json === true) terminal.print(JSON.stringify({ file, holds: findings.every(isFine), findings }));
  else for (const finding of findings) terminal.print(lineOf(finding, terminal));
  const wrong = findings.filter(({ holds }) => holds === false).length;
  if (wrong > 0)
    throw new CommandError(
      EXIT.negative,
      `${wrong === 1 ? 'One statement does' : `${wrong} statements do`} not hold: this is not evidence as the relay made it.`,
    );
  if (findings.some((finding) => !isFine(finding))) {
    throw new CommandError(
      EXIT.negative,
      'Nothing says whose key it was signed with.',
      'Give the fingerprint, or the public key, as the operator of the relay made it known: --key.',
    );
  }
}

/** What can not be told is fine, but for the key: without it a signature shows nothing. */
function isFine({ what, holds }: EvidenceFinding): boolean {
  return holds === true || (holds === null && what !== 'key');
}

async function findingsOf(bytes: Buffer, given: CheckedWith): Promise<readonly EvidenceFinding[]> {
  const pdf = isPdf(bytes);
  const text = pdf ? await attachedStatement(bytes) : bytes.toString('utf8');
  const found = text === undefined ? { trouble: 'it has no statement in it, or is damaged' } : readEvidence(text);
  if ('trouble' in found) return [{ what: 'file', holds: false, detail: `This is no evidence: ${found.trouble}.` }];
  const layout: EvidenceFinding = {
    what: 'file',
    holds: found.layout,
    detail: found.layout
      ? 'Nothing in the statement was added, or written otherwise.'
      : 'Something in the file is not part of what was signed, or was written otherwise: look at nothing but what is signed.',
  };
  return [...(pdf ? [pagesFinding(bytes, found.evidence.signature.publicKey)] : []), layout, ...checkEvidence(found.evidence, given)];
}

function pagesFinding(bytes: Buffer, publicKey: string): EvidenceFinding {
  let holds = false;
  try {
    holds = holdsAsSigned(bytes, publicKey);
  } catch {
    // The key in it is none: that is said of the key.
  }
  const detail = holds
    ? 'The file is as it was signed, to the last octet.'
    : 'The file is not as it was signed: its pages may say something else.';
  return { what: 'pages', holds, detail };
}

async function keyKnown(given: string | undefined, relay: Api | undefined): Promise<string | null> {
  if (given === undefined) return relay === undefined ? null : (await relay.get<EvidenceKey>('/evidence/key')).key;
  const hex = given.replace(/[\s:]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  try {
    return fingerprintOf(createPublicKey(readFileSync(given)));
  } catch {
    throw new CommandError(
      EXIT.usage,
      `${printable(given)} is neither a fingerprint (64 hexadecimal digits) nor a file with a public key in PEM.`,
    );
  }
}

/** As it is; and without the field that relais puts in front when it hands it out. */
function hashesOfContent(content: Buffer): readonly string[] {
  const [received] = /^Received:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*/.exec(content.subarray(0, 8192).toString('latin1')) ?? [''];
  return [content, content.subarray(received.length)].map((octets) => createHash('sha256').update(octets).digest('hex'));
}

function sealsIn(text: string, file: string): readonly Seal[] {
  try {
    return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as Seal]));
  } catch {
    throw new CommandError(
      EXIT.usage,
      `${printable(file)} does not hold seals, one in each line, as \`relais evidence seals\` prints them.`,
    );
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    throw new CommandError(EXIT.usage, `${printable(file)} can not be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
  }
}

function lineOf({ what, holds, detail }: EvidenceFinding, { colors }: Terminal): string {
  const verdict = holds === true ? colors.green('holds') : holds === false ? colors.red('FAILS') : colors.yellow('open');
  const pad = ' '.repeat(10 - (holds === null ? 4 : 5));
  return `${verdict}${pad} ${what.padEnd(11)}${printable(detail)}`;
}
