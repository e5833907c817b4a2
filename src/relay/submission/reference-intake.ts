/**
 * What the header section of a message says that it is about, by the rules of the configuration, while
 * it is accepted. What the ERP says itself, by X-Relais-* or in its request, goes before all of them.
 *
 * Failure: rules that take longer than their time leave the rest unasked, and the log says so; the
 * message is taken all the same.
 */

import type { Log } from '../../domain/log.ts';
import type { MessageHeaders, References } from '../../domain/message.ts';
import { type CompiledReferences, compileReferences, findEarly } from '../../domain/reference-rules.ts';
import { changedReferences } from '../../domain/references.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { NO_FIELDS, type WantedFields, wantedFields } from './header-block.ts';

/** The rules of the configuration, compiled once; a reload makes another. */
export interface ReferenceIntake {
  readonly rules: CompiledReferences;
  readonly wanted: WantedFields;
  /** Milliseconds. */
  readonly timeLimit: number;
}

/** Without settings nothing but X-Relais-* is read. */
export function compileReferenceIntake(settings: ReferenceSettings | undefined): ReferenceIntake | null {
  if (settings === undefined) return null;
  const rules = compileReferences(settings);
  return rules.early.length === 0 ? null : { rules, wanted: wantedFields(rules.headers), timeLimit: settings.timeLimit };
}

export function wantedBy(intake: ReferenceIntake | null): WantedFields {
  return intake?.wanted ?? NO_FIELDS;
}

/** The references with what the rules find of what is missing. */
export function withFound(
  intake: ReferenceIntake,
  read: { readonly headers: MessageHeaders; readonly fields: ReadonlyMap<string, readonly string[]> },
  known: References,
  log: Log,
): References {
  const started = performance.now();
  const { subject, from, messageId } = read.headers;
  const facts = { subject, from, messageId, headers: read.fields };
  const isLate = (): boolean => performance.now() - started > intake.timeLimit;
  const { found, complete } = findEarly(intake.rules, { facts, known, isLate });
  if (!complete) {
    log.warn({ messageId, ms: Math.round(performance.now() - started) }, 'the rules for references took too long; some were not asked');
  }
  return changedReferences(known, found, 'missing');
}
