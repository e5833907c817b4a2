/**
 * What the sandbox's next hop does with a recipient, by its local part. Pure but for the memory of
 * recipients it has put off, which is bounded.
 */

/** `stray`: a bounce that comes to no token and names nothing but the recipient. */
export type Report = 'bounce' | 'stray' | 'delivered' | 'complaint';

export interface Behaviour {
  /** Refusal of RCPT; null: accepted. */
  readonly refusal: { readonly code: number; readonly text: string } | null;
  /** Answers the final dot late. */
  readonly slow: boolean;
  /** Follows the 250 some seconds later. */
  readonly report: Report | null;
}

const ACCEPTED: Behaviour = { refusal: null, slow: false, report: null };

function refused(code: number, text: string): Behaviour {
  return { ...ACCEPTED, refusal: { code, text } };
}

/** Texts carry their enhanced status, RFC 2034 §4. */
const FIXED: Readonly<Record<string, Behaviour>> = {
  bounce: refused(550, '5.1.1 No such mailbox here'),
  full: refused(552, '5.2.2 Mailbox is full'),
  blocked: refused(554, '5.7.1 Refused: your address is listed at dnsbl.sandbox.invalid'),
  slow: { ...ACCEPTED, slow: true },
  'late-bounce': { ...ACCEPTED, report: 'bounce' },
  'stray-bounce': { ...ACCEPTED, report: 'stray' },
  confirm: { ...ACCEPTED, report: 'delivered' },
  complaint: { ...ACCEPTED, report: 'complaint' },
};

/** Recipients put off that are remembered; the oldest are forgotten. */
const MEMORY_LIMIT = 10_000;

export class Behaviours {
  /** Sender and recipient to the time of the first attempt. */
  readonly #first = new Map<string, number>();
  readonly #greylist: number;
  readonly #now: () => number;

  constructor(options: { readonly greylist: number; readonly now: () => number }) {
    this.#greylist = options.greylist;
    this.#now = options.now;
  }

  of(sender: string, recipient: string): Behaviour {
    const name = nameOf(recipient);
    const key = `${sender} ${recipient.toLowerCase()}`;
    if (name === 'defer') {
      if (this.#first.delete(key)) return ACCEPTED;
      this.#remember(key);
      return refused(451, '4.2.0 Mailbox busy, try again');
    }
    if (name === 'greylist') {
      const since = this.#first.get(key) ?? this.#remember(key);
      if (this.#now() - since < this.#greylist) return refused(451, '4.7.1 Greylisted, try again in some seconds');
      this.#first.delete(key);
      return ACCEPTED;
    }
    return standingBehaviour(recipient);
  }

  #remember(key: string): number {
    const now = this.#now();
    this.#first.set(key, now);
    if (this.#first.size > MEMORY_LIMIT) this.#first.delete(this.#first.keys().next().value ?? key);
    return now;
  }
}

/** What is the same on every attempt. */
export function standingBehaviour(recipient: string): Behaviour {
  return FIXED[nameOf(recipient)] ?? ACCEPTED;
}

/**
 * What NOTIFY makes of it (RFC 3461 §4.1): a success that was asked for is reported, as mailboxes are
 * here; a failure is not where it was not asked for. Empty: nothing was asked. Complaints are no DSN.
 */
export function withNotify(behaviour: Behaviour, notify: readonly string[]): Behaviour {
  if (notify.length === 0 || behaviour.report === 'complaint') return behaviour;
  const asked = (word: string): boolean => notify.some((one) => one.toUpperCase() === word);
  if (asked('NEVER')) return { ...behaviour, report: null };
  if (behaviour.report === 'bounce' || behaviour.report === 'stray') return asked('FAILURE') ? behaviour : { ...behaviour, report: null };
  return asked('SUCCESS') ? { ...behaviour, report: 'delivered' } : behaviour;
}

/** The local part in lower case, without quotes and without its +tag. */
function nameOf(address: string): string {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
  return (local.replace(/^"|"$/g, '').split('+')[0] ?? '').trim();
}
