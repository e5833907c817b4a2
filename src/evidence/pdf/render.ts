/**
 * Evidence as people read it: a PDF in the language of the statement, with the statement in it. What is on
 * the pages comes from the statement alone.
 */
import { setImmediate } from 'node:timers/promises';
import {
  type EvidenceAttempt,
  type EvidenceMessage,
  type EvidenceRecipient,
  type EvidenceReply,
  type EvidenceReport,
  type EvidenceStatement,
  evidenceName,
  evidenceText,
  type SignedEvidence,
} from '../../domain/evidence.ts';
import type { RecipientState } from '../../domain/recipient.ts';
import { type EvidenceWords, type PaperWords, wordsIn } from '../words.ts';
import { ATTACHMENT } from './file.ts';
import { fingerprintShown, octetsShown, timeShown } from './forms.ts';
import { MUTED, Paper, type Tone } from './paper.ts';

interface Sheet {
  readonly paper: Paper;
  readonly statement: EvidenceStatement;
  readonly words: EvidenceWords;
  readonly w: PaperWords;
  readonly time: (text: string) => string;
}

/** Without the signature over the whole file. */
export async function renderPdf(evidence: SignedEvidence): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { statement, signature } = evidence;
  const words = wordsIn(statement.language);
  const made = new Date(statement.madeAt);
  const w = words.paper;
  const document = new PDFDocument({
    size: 'A4',
    margins: { top: 56, bottom: 56, left: 56, right: 56 },
    bufferPages: true,
    lang: statement.language,
    displayTitle: true,
    info: {
      Title: `${w.title}: ${nameOf(statement)}`,
      Author: statement.relay.hostname,
      Creator: `relais ${statement.relay.version}`,
      CreationDate: made,
      ModDate: made,
    },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => document.on('end', () => resolve()));
  document.file(Buffer.from(evidenceText(evidence)), {
    name: ATTACHMENT,
    type: 'application/json',
    description: w.title,
    creationDate: made,
    modifiedDate: made,
  });
  const paper = new Paper(document);
  const sheet: Sheet = { paper, statement, words, w, time: (text) => timeShown(text, statement.language) };
  writeHead(sheet);
  for (const message of statement.messages) await writeMessage(sheet, message);
  writeEnd(sheet, signature);
  await paper.footers(nameOf(statement), `${statement.relay.hostname} · ${signature.key.slice(0, 16)}…`, w.page);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function nameOf({ subject }: EvidenceStatement): string {
  return subject.kind === 'message' ? subject.message : subject.document;
}

const TONES: Readonly<Record<RecipientState, Tone>> = {
  queued: 'wait',
  deferred: 'wait',
  held: 'wait',
  transferred: 'good',
  delivered: 'best',
  failed: 'bad',
  expired: 'bad',
  cancelled: 'plain',
  suppressed: 'bad',
};
const VERDICT_TONES: Readonly<Record<string, Tone>> = { delivered: 'best', transferred: 'good', 'at-risk': 'wait', failed: 'bad' };

// ── The head ──

function writeHead({ paper, statement, w, time }: Sheet): void {
  const { subject, relay, messages, madeAt, madeBy } = statement;
  paper.title(w.title, subject.kind === 'message' ? w.ofMessage : w.ofDocument, w.madeBy(relay.hostname));
  paper.rule();
  paper.space(8);
  if (subject.kind === 'document') {
    paper.standing(
      subject.document,
      w.verdicts[subject.verdict] ?? subject.verdict,
      VERDICT_TONES[subject.verdict] ?? 'plain',
      w.since(time(subject.since)),
    );
    paper.fact(w.fields.administration, subject.administration);
    if (subject.more) paper.text(w.more, { color: MUTED, font: 'italic' });
  } else {
    paper.fact(w.fields.message, subject.message, { font: 'mono' });
    paper.fact(w.fields.subject, messages[0]?.subject, { font: 'bold' });
  }
  paper.fact(w.fields.madeAt, time(madeAt));
  paper.fact(w.fields.madeFor, madeBy.name);
  const recipients = messages.flatMap((message) => message.recipients);
  paper.heading(w.summary);
  for (const { address, state, stateSince } of recipients.slice(0, SUMMED_UP)) {
    paper.fact(w.states[state], `${address}, ${w.since(time(stateSince))}`);
  }
  if (recipients.length > SUMMED_UP) paper.text('…', { color: MUTED });
}

/** Recipients whose state stands at the head. */
const SUMMED_UP = 8;

// ── A message ──

async function writeMessage(sheet: Sheet, message: EvidenceMessage): Promise<void> {
  const { paper, statement, w } = sheet;
  if (statement.subject.kind === 'document') {
    paper.section(`${w.fields.message} ${message.id}`);
    writeSubmitted(sheet, message);
  } else {
    paper.section(w.submitted);
    writeSubmitted(sheet, message);
  }
  paper.section(w.recipients(message.recipients.length));
  for (const [i, recipient] of message.recipients.slice(0, IN_FULL).entries()) {
    if (i > 0) paper.space(9);
    writeRecipient(sheet, recipient);
    await setImmediate();
  }
  await writeOthers(sheet, message.recipients.slice(IN_FULL));
  await writeEvents(sheet, message);
}

/** Recipients whose attempts and reports are on paper: of more a row each. */
const IN_FULL = 50;

async function writeOthers({ paper, w, time }: Sheet, recipients: readonly EvidenceRecipient[]): Promise<void> {
  if (recipients.length === 0) return;
  paper.heading(w.others);
  const rows = recipients.map(({ address, state, stateSince, attempts }) => {
    const reply = attempts.at(-1)?.reply ?? null;
    return [address, w.states[state], time(stateSince), reply === null ? '' : replyShown(reply)];
  });
  await writeRows(paper, [w.to, w.fields.state, w.fields.since, w.reply], [0.32, 0.14, 0.24, 0.3], rows);
}

async function writeRows(
  paper: Paper,
  head: readonly string[],
  shares: readonly number[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    paper.table(head, shares, rows.slice(i, i + ROWS_AT_ONCE));
    await setImmediate();
  }
}

function writeSubmitted({ paper, w, time, statement }: Sheet, message: EvidenceMessage): void {
  const f = w.fields;
  if (statement.subject.kind === 'document') paper.fact(f.subject, message.subject, { font: 'bold' });
  paper.fact(f.from, message.from);
  paper.fact(f.sender, message.sender === '' ? f.nullSender : message.sender);
  paper.fact(f.messageId, message.messageId, { font: 'mono', size: 8.8 });
  if (statement.subject.kind === 'message') {
    paper.fact(f.document, [message.documentType, message.document].filter((part) => part !== null).join(' '));
    paper.fact(f.administration, message.administration);
  }
  paper.fact(f.contact, message.contact);
  paper.fact(f.sha256, message.sha256, { font: 'mono', size: 8.4 });
  paper.fact(f.size, w.octets(octetsShown(message.size, statement.language)));
  paper.fact(f.content, message.contentKept ? w.contentKept : w.contentErased);
  paper.heading(w.submission);
  const { client } = message;
  paper.fact(f.accepted, `${time(message.acceptedAt)} (${w.origins[message.origin]})`);
  paper.fact(f.account, message.account);
  paper.fact(f.client, [client.address, client.helo === '' ? null : `(${client.helo})`].filter((part) => part !== null).join(' '));
  paper.fact(f.tls, client.tls === null ? w.inClear : `${client.tls.version}, ${client.tls.cipher}`);
  paper.fact(f.user, client.user ?? w.byNetwork);
  paper.fact(f.supersedes, message.supersedes, { font: 'mono' });
  paper.fact(f.supersededBy, message.supersededBy.join(', '), { font: 'mono' });
}

function writeRecipient(sheet: Sheet, recipient: EvidenceRecipient): void {
  const { paper, w, time } = sheet;
  const { address, state, stateSince, means, doesNotProve, failure, attempts, reports } = recipient;
  paper.standing(address, w.states[state], TONES[state], w.since(time(stateSince)));
  paper.text(means, { size: 10 }, { after: 5 });
  if (failure?.addressInvalid === true) paper.text(w.addressInvalid, { font: 'bold' }, { after: 5 });
  paper.box(w.notProven, doesNotProve, TONES[state] === 'bad' ? 'bad' : 'plain');
  paper.heading(w.attempts);
  if (attempts.length === 0) paper.text(w.noAttempts, { color: MUTED });
  for (const attempt of attempts) writeAttempt(sheet, attempt);
  paper.heading(w.reports);
  if (reports.length === 0) paper.text(w.noReports, { color: MUTED });
  for (const report of reports) writeReport(sheet, report);
}

function writeAttempt({ paper, w, time }: Sheet, attempt: EvidenceAttempt): void {
  const { number, at, outcome, nextHop, address, tls, reply, error } = attempt;
  paper.room(56);
  const ended = outcome === null ? w.running : (w.outcomes[outcome] ?? outcome);
  paper.text(`${w.attempt(number)}: ${ended}`, { font: 'bold', size: 9.2 }, { after: 1.5 });
  paper.fact(w.time, time(at));
  paper.fact(w.to, address === null ? nextHop : `${nextHop} (${address})`);
  paper.fact(w.fields.tls, address === null ? null : tlsShown(w, tls));
  paper.fact(w.reply, reply === null ? [w.noReply, error].filter((part) => part !== null).join(': ') : replyShown(reply), {
    font: 'mono',
    size: 8.8,
  });
  paper.space(3);
}

function tlsShown(w: PaperWords, tls: EvidenceAttempt['tls']): string {
  if (tls === null) return w.inClear;
  const { version, cipher, verified, peerName, verifiedBy, problem } = tls;
  return `${version}, ${cipher}; ${verified ? w.verified(peerName, verifiedBy) : w.unverified(problem)}`;
}

/** The status is mostly part of the text. */
function replyShown({ code, status, text }: EvidenceReply): string {
  return [String(code), status !== null && !text.startsWith(status) ? status : null, text].filter((part) => part !== null).join(' ');
}

function writeReport({ paper, w, time }: Sheet, report: EvidenceReport): void {
  const { kind, receivedAt, via, reportingMta, status, diagnostic, rank, rankMeans, linked, sha256 } = report;
  paper.room(80);
  paper.text(w.report[kind] ?? kind, { font: 'bold', size: 9.2 }, { after: 1.5 });
  paper.fact(w.time, `${time(receivedAt)} (${via.toUpperCase()}${reportingMta === null ? '' : `, ${reportingMta}`})`);
  paper.fact(w.says, [report.action, status, diagnostic].filter((part) => part !== null).join(' · '), { font: 'mono', size: 8.8 });
  const by = linked === null ? '' : ` (${[linked.by, time(linked.at)].filter((part) => part !== null).join(', ')})`;
  paper.fact(w.rank(rank), `${rankMeans}${by}`);
  paper.fact(w.fields.sha256, sha256, { font: 'mono', size: 8.4 });
  paper.space(3);
}

/** Rows written before others have their turn. */
const ROWS_AT_ONCE = 50;
/** Rows of events on paper. */
const EVENTS = 300;

async function writeEvents({ paper, w, time }: Sheet, { events }: EvidenceMessage): Promise<void> {
  paper.section(w.events);
  paper.text(w.eventsLead, { color: MUTED, size: 9 }, { after: 6 });
  const places = { unsealed: w.unsealed, unknown: w.unknown };
  const rows = events
    .slice(0, EVENTS)
    .map(({ plain, personal, state, seal, chain }) => [
      time(String(plain['at'])),
      [plain['type'], personal['recipient']].filter((part) => part !== undefined).join('  '),
      state === 'sealed' ? w.sealed(seal ?? 0) : places[state],
      `${chain.slice(0, 20)}…`,
    ]);
  await writeRows(paper, [w.time, w.event, w.fields.seal, w.hash], [0.27, 0.36, 0.15, 0.22], rows);
  if (events.length > EVENTS) paper.text(w.moreEvents(events.length - EVENTS), { color: MUTED, size: 9 });
  if (events.some(({ salt }) => salt === null)) paper.text(w.withheld, { color: MUTED, size: 9 });
}

// ── The end ──

function writeEnd({ paper, statement, w }: Sheet, signature: SignedEvidence['signature']): void {
  paper.section(w.limits);
  paper.numbered(statement.limits);
  paper.section(w.verify);
  paper.numbered(w.verifySteps(evidenceName(statement, 'pdf')));
  paper.heading(w.fingerprint);
  paper.text(fingerprintShown(signature.key), { font: 'mono', size: 9 });
  paper.heading(w.signature);
  paper.text(signature.value, { font: 'mono', size: 9 });
  if (paper.substituted) paper.text(w.substituted, { color: MUTED, size: 8.5 });
}
