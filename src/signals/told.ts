/**
 * What a delivery says, read back from its body: for channels that turn it into words for people. A
 * body whose message was erased since says so.
 */
import type { Language } from '../domain/settings.ts';
import type { SignalClosing } from '../domain/signal.ts';
import type { Links } from './links.ts';
import { SIGNAL_WORDINGS, type SignalWording } from './wording.ts';

/** As compose.ts writes it; of an erased message less. */
interface Body {
  readonly type?: string;
  readonly timestamp?: string;
  readonly data?: {
    readonly rule?: string;
    readonly title?: string;
    readonly reason?: string;
    readonly signal?: {
      readonly count?: number;
      readonly openedAt?: string;
      readonly closed?: { readonly why?: SignalClosing } | null;
    } | null;
    readonly examples?: readonly Example[];
    readonly message?: Example['message'];
    readonly recipient?: Example['recipient'];
    readonly event?: { readonly reason?: string; readonly reply?: { readonly code: number; readonly text: string } | null } | null;
    readonly signals?: readonly { readonly title?: string; readonly links?: Links }[];
    readonly more?: number;
    readonly links?: Links;
  };
}

interface Example {
  readonly message?: {
    readonly id?: string;
    readonly subject?: string | null;
    readonly document?: string | null;
    readonly contact?: string | null;
  } | null;
  readonly recipient?: {
    readonly address?: string;
    readonly failure?: { readonly reply?: { readonly code: number; readonly text: string } | null } | null;
  } | null;
}

export interface ToldItem {
  /** A recipient, or in a digest a signal. */
  readonly name: string;
  /** Lines below it. */
  readonly lines: readonly string[];
  readonly link: string | null;
}

export interface Told {
  readonly words: SignalWording;
  readonly rule: string;
  readonly title: string;
  /** Sentences below the title. */
  readonly text: readonly string[];
  readonly items: readonly ToldItem[];
  /** Items that are not listed. */
  readonly more: number;
  /** It tells that something is over. */
  readonly good: boolean;
  readonly links: Links;
}

const REPLY_LIMIT = 300;

/** `publicUrl`: for the links of the items. */
export function toldBy(body: string, language: Language, publicUrl: string | null): Told {
  const words = SIGNAL_WORDINGS[language];
  const { type, data = {} } = JSON.parse(body) as Body;
  const { title, rule = '', reason, signal, links = {} } = data;
  const items = itemsOf(data, words, publicUrl);
  const why = signal?.closed?.why;
  const closing = reason === 'closed' && why !== undefined ? [words.closings[why]] : [];
  const trouble = data.event?.reason === undefined ? [] : [data.event.reason];
  return {
    words,
    rule,
    title: title ?? words.erased,
    text: title === undefined ? [] : [...(type === 'signal.test' ? [] : closing), ...trouble],
    items,
    more: Math.max(0, data.more ?? (signal?.count ?? items.length) - items.length),
    good: reason === 'closed',
    links,
  };
}

function itemsOf(data: NonNullable<Body['data']>, words: SignalWording, publicUrl: string | null): readonly ToldItem[] {
  if (data.signals !== undefined) {
    return data.signals.map(({ title, links }) => ({ name: title ?? words.erased, lines: [], link: links?.signal ?? null }));
  }
  const examples = data.examples ?? [{ message: data.message ?? null, recipient: data.recipient ?? null }];
  const reply = data.event?.reply ?? null;
  return examples.flatMap((example) => itemOf(example, reply, words, publicUrl) ?? []);
}

function itemOf(
  { message, recipient }: Example,
  said: { readonly code: number; readonly text: string } | null,
  words: SignalWording,
  publicUrl: string | null,
): ToldItem | null {
  if (message == null) return null;
  const subject = message.subject ?? words.noSubject;
  const lines: string[] = [];
  if (recipient?.address !== undefined) lines.push(subject);
  if (message.document != null) lines.push(`${words.document}: ${message.document}`);
  if (message.contact != null) lines.push(`${words.contact}: ${message.contact}`);
  const reply = recipient?.failure?.reply ?? said;
  if (reply !== null) lines.push(`${words.answer}: ${`${reply.code} ${reply.text}`.slice(0, REPLY_LIMIT)}`);
  const link = publicUrl === null || message.id === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/messages/${message.id}`;
  return { name: recipient?.address ?? subject, lines, link };
}
