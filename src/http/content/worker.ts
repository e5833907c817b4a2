/**
 * The process in which the HTML of mails is cleaned: what is hostile costs it its time or its life, and
 * the relay nothing. One at a time; ends with the relay, whose channel it hangs on.
 *
 *   upstream    html-cleaner.ts
 *   downstream  clean-html.ts
 */
import { type CleanRequest, cleanHtml } from './clean-html.ts';

const send = process.send?.bind(process);
if (send === undefined) throw new Error('this file is the entry of a child process');

process.on('message', (request: CleanRequest) => {
  try {
    send({ clean: cleanHtml(request) });
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C on a terminal reaches this process too; when to end is the relay's decision.
process.on('SIGINT', () => undefined);
send('ready');
