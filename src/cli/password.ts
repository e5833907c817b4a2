/** A password for `relais user add`: asked twice on a terminal without showing it, else one line of standard input. */
import { createInterface } from 'node:readline';
import { CommandError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

const MINIMUM = 10;
/** Ctrl-C, Ctrl-D. */
const BREAKS = '\x03\x04';
const ENDS = `\r\n${BREAKS}`;
const ERASES = '\x7f\b';

export async function readPassword(terminal: Terminal): Promise<string> {
  const password = terminal.canAsk ? await askTwice() : await firstLine();
  if (password.length < MINIMUM) throw new CommandError(EXIT.usage, `The password needs at least ${MINIMUM} characters.`);
  return password;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new CommandError(EXIT.usage, 'No password came on standard input.', 'Give it there: relais user add NAME < FILE');
}

async function askTwice(): Promise<string> {
  const first = await hidden('Password: ');
  if (first !== (await hidden('Again: '))) throw new CommandError(EXIT.usage, 'The two are not the same.');
  return first;
}

function hidden(prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    process.stdout.write(prompt);
    process.stdin.setRawMode(true).resume().setEncoding('utf8');
    const end = (settle: () => void): void => {
      process.stdin.off('data', take).setRawMode(false).pause();
      process.stdout.write('\n');
      settle();
    };
    const take = (text: string): void => {
      for (const char of text) {
        if (ENDS.includes(char)) {
          end(() => (BREAKS.includes(char) ? reject(new CommandError(EXIT.usage, 'Nothing was changed.')) : resolve(typed)));
          return;
        }
        typed = ERASES.includes(char) ? typed.slice(0, -1) : typed + char;
      }
    };
    process.stdin.on('data', take);
  });
}
