/** Which events a rule means: its filters, compiled once. Pure. */
import { addressMatches, asciiDomainOf, domainMatches, globMatches, toAddress } from './address.ts';
import type { FeedEvent } from './events.ts';
import { type AcceptedMessage, messageState } from './message.ts';
import type { RecipientRecord } from './recipient.ts';
import type { SignalFilter, SignalFilterName, SignalOwner } from './signal-rule.ts';

export interface MessageRecord {
  readonly message: AcceptedMessage;
  readonly recipients: readonly RecipientRecord[];
}

/** What a rule looks at. */
export interface SignalSubject {
  readonly event: FeedEvent;
  /** Null when the event belongs to no message, or the message is gone. */
  readonly record: MessageRecord | null;
}

/** Undefined: the event alone does not say. */
type Test = (subject: SignalSubject) => boolean | undefined;

function anyOf(patterns: readonly string[], ...values: readonly (string | null | undefined)[]): boolean {
  return values.some((value) => value != null && patterns.some((pattern) => globMatches(pattern, value)));
}

function recipientOf({ event, record }: SignalSubject): RecipientRecord | undefined {
  return event.index === undefined ? undefined : record?.recipients[event.index];
}

/** The recipient's domain, A-label; null: the event is about none. */
export function domainOf({ recipient }: FeedEvent): string | null {
  const address = recipient === undefined ? undefined : toAddress(recipient);
  return address === undefined ? null : asciiDomainOf(address);
}

/** One `name` or `name=value`; the value with `*`. */
function tagMatches(pattern: string, tags: Readonly<Record<string, string>>): boolean {
  const [name = '', ...rest] = pattern.split('=');
  const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
  if (value === undefined) return false;
  return rest.length === 0 || globMatches(rest.join('='), value);
}

/** What it looks at is in the event, or is nowhere. */
const BY_EVENT = ['account', 'template', 'documentType', 'category', 'source', 'nextHop', 'domain'] as const;

function testOf(name: SignalFilterName, patterns: readonly string[]): Test {
  switch (name) {
    case 'state':
      return (subject) => {
        const { event, record } = subject;
        if (event.state !== undefined && anyOf(patterns, event.state)) return true;
        return record === null ? undefined : anyOf(patterns, messageState(record.recipients.map(({ state }) => state)));
      };
    case 'category':
    case 'source':
    case 'nextHop':
    case 'account':
    case 'template':
    case 'documentType':
      return ({ event }) => anyOf(patterns, event[name]);
    case 'domain':
      return ({ event }) => {
        const domain = domainOf(event);
        const domains = domain === null ? Object.keys(event.domains ?? {}) : [domain];
        return domains.some((one) => patterns.some((pattern) => domainMatches(pattern, one)));
      };
    case 'sender':
      return ({ record }) => {
        if (record === null) return undefined;
        const { reversePath } = record.message.envelope;
        return reversePath.kind === 'address' && patterns.some((pattern) => addressMatches(pattern, reversePath.address));
      };
    case 'tag':
      return ({ record }) =>
        record === null ? undefined : patterns.some((pattern) => tagMatches(pattern, record.message.references.tags));
    case 'class':
      return ({ record }) => (record === null ? undefined : anyOf(patterns, record.message.references.class));
    case 'confidence':
      return (subject) => (subject.record === null ? undefined : anyOf(patterns, recipientOf(subject)?.confidence));
    default:
      return name satisfies never;
  }
}

export interface CompiledFilter {
  /** Whether the event can still fit once its message is read; cheap. */
  may(event: FeedEvent): boolean;
  /** What the register no longer has fits no filter that asks for it. */
  fits(subject: SignalSubject): boolean;
}

export function compileFilter(where: SignalFilter, without: readonly SignalFilterName[] = []): CompiledFilter {
  const names = (Object.keys(where) as SignalFilterName[]).filter((name) => !without.includes(name));
  const tests = names.map((name) => ({ name, test: testOf(name, where[name] ?? []) }));
  const early = tests.filter(({ name }) => (BY_EVENT as readonly string[]).includes(name));
  return {
    may: (event) => early.every(({ test }) => test({ event, record: null }) === true),
    fits: (subject) => tests.every(({ test }) => test(subject) === true),
  };
}

/** The first that looks after the message. */
export function ownerOf(owners: readonly SignalOwner[], { message }: MessageRecord): SignalOwner | undefined {
  const { references, account, envelope } = message;
  const { reversePath } = envelope;
  return owners.find(({ match }) => {
    const { template, documentType, class: kind, sender } = match;
    if (match.account !== undefined && !anyOf(match.account, account)) return false;
    if (template !== undefined && !anyOf(template, references.template)) return false;
    if (documentType !== undefined && !anyOf(documentType, references.documentType)) return false;
    if (kind !== undefined && !anyOf(kind, references.class)) return false;
    if (sender === undefined) return true;
    return reversePath.kind === 'address' && sender.some((pattern) => addressMatches(pattern, reversePath.address));
  });
}
