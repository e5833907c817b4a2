/** Mailboxes of reports over a scriptable IMAP server, with an intake that remembers what it took. */
import type { EventDraft } from '../../../../src/domain/events.ts';
import type { Collection, CollectorStatus, MailboxRecord } from '../../../../src/domain/ports.ts';
import type { MailboxSettings } from '../../../../src/domain/settings.ts';
import {
  type MailboxCollector,
  type MailboxesOptions,
  type MailFromBox,
  startMailboxes,
  type TakenMail,
} from '../../../../src/relay/reports/mailboxes/index.ts';
import type { FakeImap } from '../../../support/fake-imap.ts';
import { type RecordingLog, recordingLog } from '../../../support/recording-log.ts';

export const MESSAGE_SIZE = 300_000;

export interface Scene {
  readonly collector: MailboxCollector;
  readonly taken: MailFromBox[];
  readonly positions: Map<string, MailboxRecord>;
  readonly log: RecordingLog;
  /** Events, in order. */
  readonly told: EventDraft[];
  /** The status of the only mailbox. */
  status(): CollectorStatus['mailboxes'][number];
  /** Resolves when so many were taken in all. */
  took(count: number): Promise<void>;
}

export function settingsFor(
  imap: Pick<FakeImap, 'port'>,
  more: Partial<MailboxSettings> = {},
  server: Partial<MailboxSettings['imap']> = {},
): MailboxSettings {
  return {
    name: 'bounces',
    imap: {
      host: '127.0.0.1',
      port: imap.port,
      user: 'bounces',
      auth: { kind: 'password', password: 'secret' },
      tls: 'none',
      ca: null,
      ...server,
    },
    folder: 'INBOX',
    moveTo: null,
    every: 60_000,
    idle: true,
    otherMail: 'leave',
    ...more,
  };
}

export interface SceneOptions extends Partial<Omit<MailboxesOptions, 'take' | 'positions' | 'tell'>> {
  readonly mailboxes: readonly MailboxSettings[];
  /** By default all whose subject begins with "Report" are reports. */
  readonly take?: (mail: MailFromBox) => Promise<TakenMail>;
  readonly positions?: Map<string, MailboxRecord>;
}

export function subjectOf({ raw }: Pick<MailFromBox, 'raw'>): string {
  return /^Subject: (.*)$/m.exec(raw.toString('latin1'))?.[1]?.trim() ?? '';
}

export function mail(subject: string, body = 'text'): string {
  return `From: <>\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@partner.example>\r\n\r\n${body}\r\n`;
}

export function startScene(options: SceneOptions): Scene {
  const taken: MailFromBox[] = [];
  const seen = new Set<string>();
  const positions = options.positions ?? new Map<string, MailboxRecord>();
  const log = recordingLog();
  const told: EventDraft[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const remember = async (one: MailFromBox): Promise<TakenMail> => {
    const subject = subjectOf(one);
    if (!subject.startsWith('Report')) return { kind: 'other' };
    const repeated = seen.has(subject);
    seen.add(subject);
    return { kind: 'report', repeated, matched: true };
  };
  const take = options.take ?? remember;
  const collector = startMailboxes({
    messageSize: MESSAGE_SIZE,
    tokenLifetime: 60 * 86_400_000,
    now: Date.now,
    random: () => 0.5,
    log,
    ...options,
    limits: { connect: 1000, command: 1000, fetch: 1000, ...options.limits },
    retry: { first: 10, refused: 20, most: 50, ...options.retry },
    positions: inMemory(positions),
    tell: async (event) => told.push(event),
    take: async (one) => {
      const answer = await take(one);
      taken.push(one);
      waiting = waiting.filter(({ count, resolve }) => {
        if (taken.length >= count) resolve();
        return taken.length < count;
      });
      return answer;
    },
  });
  return {
    collector,
    taken,
    positions,
    log,
    told,
    status: () => {
      const [only] = collector.status().mailboxes;
      if (only === undefined) throw new Error('there is no mailbox');
      return only;
    },
    took: (count) => (taken.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }))),
  };
}

function inMemory(records: Map<string, MailboxRecord>): Collection<MailboxRecord> {
  return {
    get: async (name) => records.get(name),
    put: async (name, value) => {
      records.set(name, value);
    },
    delete: async (name) => records.delete(name),
    change: async () => {
      throw new Error('no mailbox changes its position in steps');
    },
    list: async () => [...records].map(([name, value]) => ({ name, value })),
  };
}
