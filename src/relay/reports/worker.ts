/**
 * The process in which reports are read: hostile MIME costs it its time or its life, and the relay
 * nothing. One question at a time; each has its answer. Ends with the relay, whose channel it hangs on.
 *
 *   upstream    parser.ts
 *   downstream  parse.ts
 */
import { useOwnRules } from '../../domain/reply.ts';
import type { OwnRules } from '../../domain/reply-rules.ts';
import { parseReport } from './parse.ts';

const answer = process.send?.bind(process);
if (answer === undefined) throw new Error('this file is the entry of a child process');
process.on('message', (told: Uint8Array | { readonly ownRules: OwnRules }) => {
  if ('ownRules' in told) return useOwnRules(told.ownRules);
  const raw = told;
  parseReport(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)).then(
    (report) => answer({ report }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C on a terminal reaches this process too; when to end is the relay's decision.
process.on('SIGINT', () => undefined);
answer('ready');
