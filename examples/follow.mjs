/**
 * The part that all examples share: follows relais' change feed from where it was, and hands over the
 * events a page at a time. No packages: Node.js 20 or newer.
 *
 *     RELAIS_URL    http://127.0.0.1:8025
 *     RELAIS_TOKEN  of `relais token add --name erp --role viewer`
 *
 * The position is kept by relais itself (`/consumers/NAME`), and moves only once the ERP has taken a page.
 * A crash between the two hands the page over again: what is done with an event must be repeatable.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_PAUSE = 60_000;

export function required(name) {
  const value = process.env[name];
  if (value === undefined || value === '') {
    console.error(`${name} is not set: see the first lines of the example.`);
    process.exit(64);
  }
  return value;
}

/** Calls relais' API; throws with what the answer says is wrong. */
export async function relais(path, options = {}) {
  const url = `${required('RELAIS_URL').replace(/\/$/, '')}/api/v1${path}`;
  const headers = { authorization: `Bearer ${required('RELAIS_TOKEN')}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(90_000) });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  if (answer.status === 404 && options.missing !== undefined) return options.missing;
  throw Object.assign(new Error(`${path}: ${answer.status} ${problem.detail ?? ''}`), { code: problem.code, last: problem.last });
}

/**
 * Follows the feed for ever, or with `--once` to its end. `apply(events)` resolves once the ERP has them.
 * `types`: the events that matter; all by default.
 */
export async function follow({ consumer, types, apply }) {
  const once = process.argv.includes('--once');
  let pause = 1000;
  for (;;) {
    try {
      let { seq } = await relais(`/consumers/${consumer}`, { missing: { seq: 0 } });
      for (;;) {
        const wanted = types === undefined ? '' : `&types=${types.join(',')}`;
        const page = await relais(`/changes?after=${seq}&limit=500${once ? '' : '&wait=30s'}${wanted}`);
        if (page.items.length > 0) await apply(page.items);
        if (page.last !== seq) await relais(`/consumers/${consumer}`, { method: 'PUT', body: JSON.stringify({ seq: page.last }) });
        pause = 1000;
        if (once && page.last === seq) return;
        seq = page.last;
      }
    } catch (error) {
      // The feed was cleaned up past us, or is another one: only people can say what to do about the gap.
      if (once || error.code === 'cursor-expired' || error.code === 'cursor-ahead') throw error;
      console.error(`${error.message}; again in ${pause / 1000} s`);
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

/** What became of a recipient, as a sentence for a note in the ERP. */
export function sentence(event) {
  const reply = event.reply ? `: ${event.reply.code} ${event.reply.text}` : '';
  const said = {
    'recipient.transferred': `Handed over to the mail server of ${event.recipient}`,
    'recipient.delivered': `Delivered to ${event.recipient}, as a report confirms`,
    'recipient.failed': `Not delivered to ${event.recipient} (${event.category})${reply}`,
    'recipient.expired': `Not delivered to ${event.recipient}: given up after many attempts${reply}`,
    'recipient.suppressed': `Not sent to ${event.recipient}: the address is on the suppression list`,
    'recipient.complained': `${event.recipient} reported the mail as unwanted`,
  };
  return said[event.type] ?? `${event.type} ${event.recipient ?? ''}`;
}

/** Events that somebody has to act upon. */
export const TROUBLE = ['recipient.failed', 'recipient.expired', 'recipient.suppressed', 'recipient.complained'];
