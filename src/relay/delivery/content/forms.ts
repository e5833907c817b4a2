/**
 * The content of one message in the form that a next hop takes: as it is, or with its header or all of
 * it made 7-bit; in front of it our trace field, and in front of that our signatures over just that
 * form. Each form is made once, for all transactions of a claim; signatures also for those to come.
 *
 * Upstream: the claimer, which makes it, and send-unit.ts, which knows the hop's extensions by then.
 * Downstream: survey.ts, dkim.ts, seven-bit.ts. Standards: RFC 6152 §3 (a hop without 8BITMIME gets a
 * conversion or nothing), RFC 6531 §3.5 (a hop without SMTPUTF8), RFC 6376 §5.3 (converted before it
 * is signed), §5.6 (the signature goes in front).
 *
 * Failure: what can not be converted is a refusal with its reply, and a failure of the message at this
 * hop. A signature that does not come about throws: our own fault, which never bounces mail, and the
 * message never goes out without it. Bare CR or LF throws UncleanContent before anything is dialled.
 */
import { isAscii } from 'node:buffer';
import { asciiAddress, toAddress } from '../../../domain/address.ts';
import type { AcceptedMessage } from '../../../domain/message.ts';
import type { StoredContent } from '../../../domain/ports.ts';
import type { Reply } from '../../../domain/reply.ts';
import type { EightBit } from '../../../domain/settings.ts';
import type { Extensions } from '../commands.ts';
import { stuffWhole } from '../dot-stuffing.ts';
import type { OutgoingContent } from '../smtp-client.ts';
import type { Dkim } from './dkim.ts';
import { toSevenBit } from './seven-bit.ts';
import type { Sealed, SignatureCache } from './signature-cache.ts';
import type { Source } from './source.ts';
import { survey } from './survey.ts';

/** Content made ready once for all transactions that take it in this form. */
export interface ReadyContent {
  readonly kind: 'ready';
  readonly outgoing: OutgoingContent;
  /** Octets that follow DATA, dots not stuffed. */
  readonly size: number;
  /** It has octets above 127. */
  readonly eightBit: boolean;
  /** Its header section has, and the client declared SMTPUTF8. */
  readonly utf8Headers: boolean;
}

export type ContentForm = ReadyContent | { readonly kind: 'refused'; readonly reply: Reply };

export interface PreparedContent {
  /** As it was submitted. */
  readonly source: Source;
  formFor(extensions: Extensions): ContentForm | Promise<ContentForm>;
}

/** `unchanged`; `ascii-headers`: header fields encoded, bodies as they are; `seven-bit`: all of it. */
type FormName = 'unchanged' | 'ascii-headers' | 'seven-bit';

export interface FormRequest {
  readonly message: AcceptedMessage;
  readonly content: StoredContent;
  readonly eightBit: EightBit;
  readonly dkim: Dkim;
  readonly signatures: SignatureCache;
}

/** Looks at the content, and makes it ready as it is where every hop takes it so. */
export async function prepareContent(request: FormRequest): Promise<PreparedContent> {
  const { content } = request;
  const source: Source =
    content.bytes === null ? { kind: 'stream', open: () => content.stream() } : { kind: 'whole', bytes: content.bytes };
  const forms = new Forms(request, source);
  await forms.look();
  return forms;
}

class Forms implements PreparedContent {
  readonly #request: FormRequest;
  readonly source: Source;
  readonly #received: string;
  readonly #made = new Map<FormName, ContentForm | Promise<ContentForm>>();
  #eightBitHeader = false;
  #eightBitBody = false;

  constructor(request: FormRequest, source: Source) {
    this.#request = request;
    this.source = source;
    this.#received = asciiReceived(request.message.received);
  }

  async look(): Promise<void> {
    const sealed = await this.#seal('unchanged', this.source);
    this.#eightBitHeader = sealed.eightBitHeader;
    this.#eightBitBody = sealed.eightBitBody;
    this.#made.set('unchanged', this.#ready(this.source, sealed));
  }

  formFor(extensions: Extensions): ContentForm | Promise<ContentForm> {
    const name = this.#formName(extensions);
    let form = this.#made.get(name);
    if (form === undefined) {
      form = this.#convert(name);
      this.#made.set(name, form);
    }
    return form;
  }

  #formName(extensions: Extensions): FormName {
    const eightBit = extensions.has('8BITMIME');
    if (!eightBit && (this.#eightBitBody || (this.#eightBitHeader && !extensions.has('SMTPUTF8')))) return 'seven-bit';
    // Octets above 127 in a header that was not declared SMTPUTF8 are what the client sent, not what it
    // asked for: a hop that takes eight bits gets them unchanged.
    const { smtputf8 } = this.#request.message.envelope;
    const international = smtputf8 && (this.#eightBitHeader || this.#eightBitBody);
    return international && !extensions.has('SMTPUTF8') ? 'ascii-headers' : 'unchanged';
  }

  async #convert(name: FormName): Promise<ContentForm> {
    const bodies = name === 'seven-bit';
    if (this.#request.eightBit === 'fail') return { kind: 'refused', reply: bodies && this.#eightBitBody ? NO_CONVERSION : NO_ENCODING };
    const converted = await toSevenBit(this.source, { bodies });
    if (converted.kind === 'refused') return converted;
    return this.#ready(converted.source, await this.#seal(name, converted.source));
  }

  /** Looks at the content in this form and signs it, where it was not signed before. */
  async #seal(name: FormName, source: Source): Promise<Sealed> {
    const { message, dkim, signatures } = this.#request;
    const known = signatures.get(message.id, name);
    if (known !== undefined) return known;
    let keys: ReturnType<Dkim['keysFor']> = [];
    const seen = await survey(source, (header) => {
      keys = dkim.keysFor(message, header);
      return keys.length > 0;
    });
    const { header, bodyHash, ...facts } = seen;
    if (bodyHash === null) return { ...facts, signature: '' };
    const sealed = { ...facts, signature: await dkim.sign(message, keys, { header, bodyHash }) };
    signatures.set(message.id, name, sealed);
    return sealed;
  }

  #ready(source: Source, sealed: Sealed): ReadyContent {
    const prefix = sealed.signature + this.#received;
    const outgoing: OutgoingContent =
      source.kind === 'whole'
        ? { kind: 'whole', content: stuffWhole(prefix, source.bytes) }
        : { kind: 'stream', received: prefix, open: () => source.open() };
    return {
      kind: 'ready',
      outgoing,
      size: Buffer.byteLength(prefix, 'utf8') + sealed.size,
      eightBit: sealed.eightBitHeader || sealed.eightBitBody,
      utf8Headers: sealed.eightBitHeader && this.#request.message.envelope.smtputf8,
    };
  }
}

const NO_CONVERSION: Reply = {
  code: 554,
  status: '5.6.3',
  text: 'needs 8BITMIME, which the next hop does not offer, and the route converts nothing',
};
const NO_ENCODING: Reply = {
  code: 554,
  status: '5.6.9',
  text: 'needs SMTPUTF8, which the next hop does not offer, and the route converts nothing',
};

/** RFC 6531 §3.7.3: a `for` clause beyond ASCII goes out with the A-label, or not at all. */
function asciiReceived(received: string): string {
  if (isAscii(Buffer.from(received))) return received;
  return received.replace(/\r\n\tfor <([^<>]*)>/, (_, text: string) => {
    const address = toAddress(text);
    const ascii = address === undefined ? undefined : asciiAddress(address);
    return ascii === undefined ? '' : `\r\n\tfor <${ascii}>`;
  });
}
