/**
 * Reads delivery status notifications by the letter of RFC 3464 and RFC 6522, written apart from the
 * code that writes and reads them in `src/`: mailparser takes the MIME apart, the rest is here. What
 * breaks a rule is thrown with the rule.
 */
import { simpleParser } from 'mailparser';

export interface ReadDsn {
  /** First value of each header field, by name in lower case, decoded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly subject: string;
  /** For people. */
  readonly text: string;
  /** Content types of the parts behind the text. */
  readonly types: readonly string[];
  /** Fields by name in lower case. */
  readonly message: ReadonlyMap<string, string>;
  readonly recipients: readonly ReadonlyMap<string, string>[];
  /** The returned part, decoded; null: there is none. */
  readonly returned: string | null;
}

const PER_MESSAGE: Readonly<Record<string, RegExp>> = {
  'original-envelope-id': /^[\x20-\x7e]{1,100}$/,
  'reporting-mta': /^dns; [\w.-]+$/,
  'received-from-mta': /^dns; (?:[\w.-]+|\[[\w.:]+\])$/,
  'arrival-date':
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/,
};
const DATE = PER_MESSAGE['arrival-date'] ?? /^$/;
const PER_RECIPIENT: Readonly<Record<string, RegExp>> = {
  'original-recipient': /^[A-Za-z0-9-]+; \S+$/,
  'final-recipient': /^(?:rfc822; [\x21-\x7e]+|utf-8; \S+)$/,
  action: /^(?:failed|delayed|delivered|relayed|expanded)$/,
  status: /^[245]\.\d{1,3}\.\d{1,3}$/,
  'remote-mta': /^dns; (?:[\w.-]+|\[[\w.:]+\])$/,
  'diagnostic-code': /^(?:smtp; [245]\d\d .+|x-relais; .+)$/,
  'last-attempt-date': DATE,
  'final-log-id': /^\S+$/,
  'will-retry-until': DATE,
};

export async function readDsn(raw: Buffer): Promise<ReadDsn> {
  rule(!/(?<!\r)\n|\r(?!\n)/.test(raw.toString('latin1')), 'lines end in CRLF (RFC 5321 §2.3.8)');
  rule(
    raw
      .toString('latin1')
      .split('\r\n')
      .every((line) => line.length <= 998),
    'lines of 998 octets at most (RFC 5322 §2.1.1)',
  );
  const mail = await simpleParser(raw, { keepDeliveryStatus: true, skipTextToHtml: true, skipImageLinks: true });
  const headers = new Map<string, string>();
  for (const { key, line } of mail.headerLines) if (!headers.has(key)) headers.set(key, line.slice(line.indexOf(':') + 1).trim());
  const type = mail.headers.get('content-type') as unknown as { value: string; params: Record<string, string> };
  rule(type.value === 'multipart/report', 'multipart/report (RFC 6522 §3)');
  rule(type.params['report-type'] === 'delivery-status', 'report-type=delivery-status (RFC 3464 §2)');
  const [status, returned, ...more] = mail.attachments;
  rule(status !== undefined && more.length === 0, 'two or three parts (RFC 6522 §3)');
  const global = status?.contentType === 'message/global-delivery-status';
  rule(global || status?.contentType === 'message/delivery-status', 'the second part is the status (RFC 3464 §2.1)');
  const text = status?.content.toString('utf8') ?? '';
  rule(global || /^[\x20-\x7e\r\n]*$/.test(text), 'the status is ASCII (RFC 3464 §2.1.1)');
  const [message, ...recipients] = groupsOf(text);
  rule(message !== undefined && recipients.length > 0, 'one group for the message and one a recipient (RFC 3464 §2.1)');
  check(message ?? new Map(), PER_MESSAGE, ['reporting-mta']);
  for (const group of recipients) check(group, PER_RECIPIENT, ['final-recipient', 'action', 'status']);
  return {
    headers,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    types: mail.attachments.map(({ contentType }) => contentType),
    message: message ?? new Map(),
    recipients,
    returned: returned === undefined ? null : returned.content.toString('utf8'),
  };
}

/** RFC 3464 §2.1: groups of fields, parted by one empty line each; folded lines begin with a blank. */
function groupsOf(text: string): Map<string, string>[] {
  rule(text.endsWith('\r\n') || text.endsWith('\n'), 'the last field ends in a line end');
  const groups: Map<string, string>[] = [];
  for (const block of text.replaceAll('\r\n', '\n').trimEnd().split('\n\n')) {
    const fields = new Map<string, string>();
    for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
      const match = /^([A-Za-z-]+): (\S.*)$/.exec(line);
      rule(match !== null, `a field: ${JSON.stringify(line)}`);
      const name = match?.[1]?.toLowerCase() ?? '';
      rule(!fields.has(name), `once: ${name}`);
      fields.set(name, match?.[2] ?? '');
    }
    groups.push(fields);
  }
  return groups;
}

function check(fields: ReadonlyMap<string, string>, known: Readonly<Record<string, RegExp>>, required: readonly string[]): void {
  for (const [name, value] of fields) rule(known[name]?.test(value) === true, `${name}: ${value}`);
  for (const name of required) rule(fields.has(name), `${name} is there`);
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}
