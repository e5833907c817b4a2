/**
 * A rule of signals that somebody wants to try before it is configured: as YAML, or as data. Checked
 * like one of the configuration file, and against the running configuration.
 */
import { parse } from 'yaml';
import type { Config } from '../domain/settings.ts';
import type { SignalRule } from '../domain/signal-rule.ts';
import { formatPath } from './issues.ts';
import { relateRule } from './relate-signals.ts';
import { settleSignal } from './settle-signals.ts';
import { signal } from './signals-schema.ts';

export interface RuleMistake {
  /** `threshold.within`; '' for the rule as a whole. */
  readonly path: string;
  readonly detail: string;
}

export type ReadRule = { readonly rule: SignalRule } | { readonly mistakes: readonly RuleMistake[] };

const NAME = 'trial';

/** `source`: YAML where it is text. Channels may be left out, and so may the name. */
export function readSignalRule(source: unknown, config: Config): ReadRule {
  let data: unknown = source;
  if (typeof source === 'string') {
    try {
      data = parse(source, { maxAliasCount: 0 });
    } catch (error) {
      return {
        mistakes: [{ path: '', detail: `is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}` }],
      };
    }
  }
  // As it stands in the file: an entry of the list.
  if (Array.isArray(data) && data.length === 1) [data] = data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { mistakes: [{ path: '', detail: 'a rule is a mapping with keys such as on, where and group' }] };
  }
  const parsed = signal.safeParse({ name: NAME, ...data });
  if (!parsed.success) {
    return {
      mistakes: parsed.error.issues.flatMap((issue) => {
        const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
        if (issue.code === 'unrecognized_keys')
          return issue.keys.map((key) => ({ path: formatPath([...path, key]), detail: 'unknown key' }));
        return [{ path: formatPath(path), detail: `allowed is ${issue.message}` }];
      }),
    };
  }
  const rule = settleSignal(parsed.data, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const mistakes = relateRule(rule, [], config).filter(({ level }) => level === 'mistake');
  if (mistakes.length > 0) return { mistakes: mistakes.map(({ paths: [path], message }) => ({ path: formatPath(path), detail: message })) };
  return { rule };
}
