/** Checks of signals between keys: rules that contradict themselves, or can never tell anything. */

import { MESSAGE_STATES } from '../domain/message.ts';
import { CONFIDENCES, RECIPIENT_STATES } from '../domain/recipient.ts';
import { CATEGORIES } from '../domain/reply.ts';
import { type Config, DEFAULT_ACCOUNT } from '../domain/settings.ts';
import { CHANNEL_RULE_NAME, LASTING_EVENTS, type SignalChannel, type SignalFilterName, type SignalRule } from '../domain/signal-rule.ts';
import { type Finding, mistake, warning } from './findings.ts';
import type { ConfigPath } from './issues.ts';

export function relateSignals(config: Config): Finding[] {
  // The standard rules stand in no file.
  const found: Finding[] = [];
  const seen = new Map<string, number>();
  for (const [index, rule] of config.signals.entries()) {
    const path: ConfigPath = ['signals', index];
    const name = rule.name.toLowerCase();
    const before = seen.get(name);
    if (before === undefined) seen.set(name, index);
    else found.push(mistake(`the name is taken by signals[${before}] already`, [...path, 'name'], ['signals', before, 'name']));
    if (name === CHANNEL_RULE_NAME) found.push(mistake('is the name of the rule that tells of failing channels', [...path, 'name']));
    found.push(...relateRule(rule, path, config));
  }
  return found;
}

/** Also for a rule that is only tried. */
export function relateRule(rule: SignalRule, path: ConfigPath, config: Config): Finding[] {
  return [
    ...subjects(rule, path),
    ...waiting(rule, path),
    ...grouping(rule, path),
    ...times(rule, path),
    ...filters(rule, path, config),
    ...channels(rule, path, config),
  ];
}

function subjects({ on, expect, threshold, group }: SignalRule, path: ConfigPath): Finding[] {
  if (on.length === 0 && expect === null) return [mistake('hears of nothing: give `on`, or `expect`', path)];
  if (on.length > 0 && expect !== null) return [mistake('has no meaning beside expect', [...path, 'on'], [...path, 'expect'])];
  if (expect !== null && threshold !== null) return [mistake('has no meaning beside expect', [...path, 'threshold'], [...path, 'expect'])];
  if (expect !== null && group === null) return [mistake('has no meaning beside expect', [...path, 'group'], [...path, 'expect'])];
  return [];
}

function waiting({ on, after, threshold, expect }: SignalRule, path: ConfigPath): Finding[] {
  if (after === null) return [];
  const at: ConfigPath = [...path, 'after'];
  if (threshold !== null) return [mistake('and threshold exclude each other', at, [...path, 'threshold'])];
  if (expect !== null) return [mistake('has no meaning beside expect, which has times of its own', at, [...path, 'expect'])];
  const never = on.filter((type) => !LASTING_EVENTS.includes(type));
  if (never.length === 0) return [];
  return [mistake(`${never.join(', ')} is over as it happens: nothing of it is still so later`, at, [...path, 'on'])];
}

function grouping(rule: SignalRule, path: ConfigPath): Finding[] {
  const { group, threshold, digest, hold } = rule;
  const found: Finding[] = [];
  if (hold && threshold?.within !== 'run') {
    found.push(mistake('holds a run: it needs a threshold with within: run', [...path, 'hold'], [...path, 'threshold', 'within']));
  }
  const lasting = (['quiet', 'digest', 'repeat', 'escalate', 'threshold'] as const).filter((key) => rule[key] !== null);
  if (group === null) {
    for (const key of lasting)
      found.push(mistake('needs signals that stay open: take out group: each', [...path, key], [...path, 'group']));
  }
  if (digest !== null) {
    for (const key of ['quiet', 'repeat', 'escalate'] as const) {
      if (rule[key] !== null) found.push(mistake('has no meaning with a digest', [...path, key], [...path, 'digest']));
    }
  }
  if (threshold?.kind === 'count' && threshold.within === 0) {
    found.push(mistake('run goes with share; a count needs a time', [...path, 'threshold', 'within'], [...path, 'threshold', 'count']));
  }
  return found;
}

function times({ quiet, expect }: SignalRule, path: ConfigPath): Finding[] {
  const found: Finding[] = [];
  if (quiet !== null) {
    const { hours, days } = quiet;
    if (hours === null && days.length === 0) found.push(mistake('needs hours or days', [...path, 'quiet']));
    if (new Set(days).size === 7) found.push(mistake('are all there are: nothing would ever be told', [...path, 'quiet', 'days']));
    if (hours !== null && hours.from === hours.to) found.push(mistake('begin when they end', [...path, 'quiet', 'hours']));
  }
  if (expect?.kind === 'mail' && expect.since === expect.by) {
    found.push(mistake('is when the time for it begins', [...path, 'expect', 'mail', 'by'], [...path, 'expect', 'mail', 'since']));
  }
  return found;
}

/** Words that these filters can find. */
const KNOWN: Readonly<Partial<Record<SignalFilterName, readonly string[]>>> = {
  state: [...new Set<string>([...RECIPIENT_STATES, ...MESSAGE_STATES])],
  category: CATEGORIES,
  confidence: CONFIDENCES,
};

function filters(rule: SignalRule, path: ConfigPath, config: Config): Finding[] {
  const { where, on, expect } = rule;
  const names = Object.keys(where) as SignalFilterName[];
  const ofMail = expect !== null || isOfMail(rule);
  return names.flatMap((name) => {
    const at: ConfigPath = [...path, 'where', name];
    if (!ofMail && name !== 'nextHop') return [mistake(`${on.join(', ')} is about no message, and has no ${name}`, at, [...path, 'on'])];
    if (expect?.kind === 'mail' && LATER.includes(name)) return [mistake('says nothing of mail that is to come', at, [...path, 'expect'])];
    return unknownWords(name, where[name] ?? [], config).map((text) => mistake(text, at));
  });
}

/** Known of a message only once it was tried. */
const LATER: readonly SignalFilterName[] = ['state', 'category', 'confidence', 'source', 'nextHop'];

function isOfMail({ on }: SignalRule): boolean {
  return on.some((type) => type.startsWith('recipient.') || type.startsWith('message.'));
}

function unknownWords(name: SignalFilterName, patterns: readonly string[], { accounts }: Config): string[] {
  const known = name === 'account' ? [DEFAULT_ACCOUNT, ...accounts.map((account) => account.name)] : KNOWN[name];
  if (known === undefined) return [];
  const unknown = patterns.filter((pattern) => !pattern.includes('*') && !known.includes(pattern));
  return unknown.map((pattern) => `there is no ${name} ${pattern}; there are ${known.join(', ')}`);
}

function channels(rule: SignalRule, path: ConfigPath, config: Config): Finding[] {
  const escalated = rule.escalate?.notify ?? [];
  const places: readonly (readonly [SignalChannel, ConfigPath])[] = [
    ...rule.notify.map((channel, i) => [channel, [...path, 'notify', i]] as const),
    ...escalated.map((channel, i) => [channel, [...path, 'escalate', 'notify', i]] as const),
  ];
  return places.flatMap(([channel, at]) => relateChannel(channel, at, rule, config));
}

function relateChannel(channel: SignalChannel, path: ConfigPath, rule: SignalRule, { accounts, owners = [] }: Config): Finding[] {
  if (channel.kind === 'webhook') {
    const standard = (channel.format ?? 'standard') === 'standard';
    return standard && channel.secrets.length === 0 ? [mistake('needs a secret: whsec_ and octets in base64', [...path, 'webhook'])] : [];
  }
  if (channel.kind === 'command') return [];
  const found: Finding[] = [];
  const at: ConfigPath = [...path, 'mail'];
  if (channel.account !== DEFAULT_ACCOUNT && !accounts.some(({ name }) => name === channel.account)) {
    found.push(mistake('no account has this name', [...at, 'account'], ['accounts']));
  }
  if (channel.to.includes('owner') && owners.length === 0) {
    found.push(mistake('owner needs owners: who looks after which template or account', [...at, 'to'], ['owners']));
  }
  const ofMail = isOfMail(rule);
  const fixed = channel.to.filter((word) => word !== 'sender' && word !== 'owner');
  if (!ofMail && fixed.length === 0) {
    found.push(mistake('what this rule tells of has no sender and no owner: give an address', [...at, 'to'], path));
  } else if (!ofMail && fixed.length < channel.to.length) {
    found.push(warning('what this rule tells of has no sender and no owner: only the addresses are told', [...at, 'to'], path));
  }
  return found;
}
