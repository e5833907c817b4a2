/** What the routes of the API share. */
import type { AcceptedMessage } from '../../domain/message.ts';
import type { RecipientRecord } from '../../domain/recipient.ts';
import type { Access } from '../auth/access.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import type { BodyBudget } from '../body.ts';
import type { HtmlCleaner } from '../content/html-cleaner.ts';
import type { Erasing } from '../erasing.ts';
import type { Exports } from '../export/progress.ts';
import type { Fragments } from '../fragments.ts';
import type { LiveHub } from '../live-hub.ts';
import type { HttpLimits, HttpOptions } from '../options.ts';
import { notFound } from '../problem.ts';
import type { ReviewCount } from '../review-count.ts';
import type { StatisticsDesk } from '../statistics.ts';
import type { Suggestions } from '../suggestions.ts';
import { asMessageId } from './fields.ts';

export interface Shared {
  readonly options: HttpOptions;
  readonly limits: HttpLimits;
  readonly access: Access;
  /** Shared by all requests that bring a message. */
  readonly uploads: BodyBudget;
  readonly reviewCount: ReviewCount;
  readonly erasing: Erasing;
  /** Makes the HTML of mails safe to be looked at. */
  readonly cleaner: HtmlCleaner;
  /** Tells open pages what is new. */
  readonly live: LiveHub;
  /** What those pages fetch then. */
  readonly fragments: Fragments;
  /** What mistyped addresses were meant to be. */
  readonly suggestions: Suggestions;
  readonly exports: Exports;
  readonly statistics: StatisticsDesk;
  /** Aborted when the server stops: long polls and streams end. */
  readonly stopping: AbortSignal;
}

export interface VisibleRecord {
  readonly message: AcceptedMessage;
  readonly recipients: readonly RecipientRecord[];
}

/** The record of a message that the caller may see; 404 otherwise, as if it were not there. */
export async function visibleRecord({ options }: Shared, caller: Caller, idText: string): Promise<VisibleRecord> {
  const id = asMessageId(idText);
  const record = id === undefined ? undefined : await options.store.record(id);
  if (record === undefined || !maySee(caller, record.message.account)) throw notFound(`There is no message ${idText.slice(0, 60)}`);
  return record;
}
