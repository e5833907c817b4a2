/**
 * What a report says beside the reply that it quotes: headings and sentences in the part for people,
 * of the reporting system or of the mailbox that turned the message away. Pure.
 *
 * Each question is answered when it is asked, for most reports are decided without.
 */
import { type Category, readReply } from '../../domain/reply.ts';

export interface Beside {
  /** A heading says that there is no such address. */
  readonly notFound: () => boolean;
  /** A sentence says that the mailbox is full or disabled: then it exists, whatever the code says. */
  readonly milder: () => { readonly category: Category; readonly sentence: string } | null;
  /** It was tried for a long time. */
  readonly gaveUp: () => boolean;
}

const LINES_LIMIT = 60;
const ATTACHED_LIMIT = 20_000;
const NOT_FOUND = /^[\s*]*(?:e-?mail )?(?:address|recipient|user|mailbox) (?:was )?not found[\s*.!]*$/i;
/** Words without which no rule finds a full or a disabled mailbox. */
const HINT = /\b(?:disabled|deactivated|inactive|suspended|full|quota|space|storage)\b/i;
/** Explanations of what the cause may be, and what to do then, say nothing of this one. */
const HEDGED = /\b(?:may|might|could|can|if|or|either|possibl[ey]|perhaps|probably|sometimes|please|try|reasons?|causes?|e\.g|such as)\b/i;
const QUOTATION = /^\s*(?:<<<|>>>)|(?<![\d.])[245]\d\d[ -]|(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/;
const GAVE_UP = /\b(?:aborted|gave up|given up|expired) after \d[\d.]* ?(?:minute|hour|day)/i;

/** `lines`: of the part for people, above the returned message. */
export function readBeside(lines: readonly string[]): Beside {
  const some = lines.slice(0, LINES_LIMIT);
  return {
    notFound: () => some.some((line) => NOT_FOUND.test(line)),
    milder: () => milderIn(some),
    gaveUp: () => GAVE_UP.test(some.join(' ')),
  };
}

function milderIn(lines: readonly string[]): ReturnType<Beside['milder']> {
  for (const line of lines) {
    if (!HINT.test(line) || HEDGED.test(line) || QUOTATION.test(line)) continue;
    const sentence = line.trim().slice(0, 200);
    const { category } = readReply({ code: 550, status: null, text: sentence }, 'final');
    if (category === 'mailbox-full' || category === 'mailbox-disabled') return { category, sentence };
  }
  return null;
}

/**
 * What refused `address` by the transcript in an attached text: gateways that tell no reason pass the
 * notice on that they got. Null where there is none.
 */
export function attachedRefusal(attached: string, address: string): string | null {
  const lines = attached.slice(0, ATTACHED_LIMIT).split('\n');
  const at = lines.findIndex((line) => /^>>> RCPT TO:/i.test(line) && line.toLowerCase().includes(`<${address.toLowerCase()}>`));
  return at === -1 ? null : (/^<<< (5\d\d[ -].*)/.exec(lines[at + 1] ?? '')?.[1] ?? null);
}
