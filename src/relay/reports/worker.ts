/**
 * The process in which reports are read: hostile MIME costs it its time or its life, and the relay
 * nothing. Reads what it is sent one after the other and answers in the same order: parser.ts takes the
 * oldest without answer for the one at fault. Ends with the relay, whose channel it hangs on.
 *
 *   upstream    parser.ts
 *   downstream  parse.ts
 */
import { useOwnRules } from '../../domain/reply.ts';
import type { OwnRules } from '../../domain/reply-rules.ts';
import { parseReport } from './parse.ts';

const send = process.send?.bind(process);
if (send === undefined) throw new Error('this file is the entry of a child process');

/** Resolves once it is written: what happens to the next report does not take this answer along. */
function answer(message: unknown): Promise<void> {
  return new Promise((resolve) => send?.(message, () => resolve()));
}

let last: Promise<unknown> = Promise.resolve();
process.on('message', (told: Uint8Array | { readonly ownRules: OwnRules }) => {
  if ('ownRules' in told) return useOwnRules(told.ownRules);
  last = last
    .then(() => parseReport(Buffer.from(told.buffer, told.byteOffset, told.byteLength)))
    .then(
      (report) => answer({ report }),
      (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
    );
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C on a terminal reaches this process too; when to end is the relay's decision.
process.on('SIGINT', () => undefined);
await answer('ready');
