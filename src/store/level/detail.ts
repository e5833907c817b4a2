/** One message in full: recipients with their attempts and reports, and its events. */
import { messageState } from '../../domain/message.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import type { Attempt } from '../../domain/recipient.ts';
import { decodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { attemptIndexOf, attemptRange } from './keys.ts';
import { runningAttempt, type StoredMessage } from './records.ts';
import { loadReports } from './reports.ts';

export async function readDetail(context: StoreContext, stored: StoredMessage): Promise<MessageDetail> {
  const { message, contentErased, recipients, seq, seqs } = stored;
  const ids = recipients.flatMap(({ reports }) => reports);
  const [attempts, reports, events] = await Promise.all([
    readAttempts(context, stored),
    loadReports(context, ids),
    context.feed.pick([seq, ...seqs]),
  ]);
  const byId = new Map(reports.map(({ report }) => [report.id, report]));
  const legalHolds = context.holds.on(message);
  return {
    ...(legalHolds.length === 0 ? {} : { legalHolds }),
    message,
    contentErased,
    state: messageState(recipients.map(({ state }) => state)),
    recipients: recipients.map((recipient) => {
      const running = runningAttempt(recipient);
      const ended = attempts.get(recipient.index) ?? [];
      return {
        ...recipient,
        attemptList: running === null ? ended : [...ended.filter(({ number }) => number !== running.number), running],
        reportList: recipient.reports.flatMap((id) => byId.get(id) ?? []),
      };
    }),
    events,
    supersededBy: events.flatMap(({ supersededBy }) => supersededBy ?? []),
  };
}

/** Attempts that ended, by recipient, in their order. */
async function readAttempts({ database }: StoreContext, { inverted }: StoredMessage): Promise<Map<number, Attempt[]>> {
  const attempts = new Map<number, Attempt[]>();
  for (const [key, value] of await database.entries(attemptRange(inverted))) {
    const attempt = decodeJson<Attempt>(key, value);
    const index = attemptIndexOf(key);
    const list = attempts.get(index);
    if (list === undefined) attempts.set(index, [attempt]);
    else list.push(attempt);
  }
  return attempts;
}
