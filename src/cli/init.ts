/** `relais init`: writes a commented configuration file; asks for what matters on a terminal; never overwrites. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { type Answers, ConfigError, configTemplate, DEFAULT_ANSWERS, machine, parseConfig } from '../config/index.ts';
import { CommandError, EXIT } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface InitOptions {
  readonly file: string;
  /** Takes the defaults without asking. */
  readonly yes?: boolean;
}

export async function init(options: InitOptions, terminal: Terminal): Promise<void> {
  const file = resolve(options.file);
  const answers = terminal.canAsk && options.yes !== true ? await ask(terminal) : DEFAULT_ANSWERS;
  const text = configTemplate(answers);
  const mistakes = mistakesIn(text, file);
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o640 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError(EXIT.negative, `${file} exists already; nothing was changed.`, 'Name another file: relais init OTHER.yaml');
  }
  terminal.print(`${file} is written.`);
  if (mistakes !== null) terminal.note(mistakes);
  terminal.print(`Read it through, then: relais check --config ${options.file}, and: relais start --config ${options.file}`);
}

/** What the file still wants before it starts: the environment variables it names, most of all. */
function mistakesIn(text: string, file: string): string | null {
  try {
    parseConfig(text, file, machine());
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return `Still to do: ${error.message}`;
    throw error;
  }
}

async function ask(terminal: Terminal): Promise<Answers> {
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    terminal.print('Enter takes what stands in brackets.');
    const hostname = await question(questions, 'Name of this relay', DEFAULT_ANSWERS.hostname);
    const port = Number(await question(questions, 'Port the ERP submits to', String(DEFAULT_ANSWERS.port), /^\d{1,5}$/));
    const outside = await question(questions, 'Does the ERP run on another machine? (y/n)', 'n', /^[yn]/i);
    const senders = await question(questions, 'Sender addresses of the ERP', DEFAULT_ANSWERS.senders, /^(?:\*|[^\s@]+@[^\s@]+)$/);
    const host = await question(questions, 'Your mail provider\'s server ("mx": deliver to the recipients\' servers)', 'mx');
    const smarthost = host === 'mx' ? null : await askSmarthost(questions, host);
    const reportDomain = await question(questions, 'Domain for bounces, its MX being this machine ("none": bounces go elsewhere)', 'none');
    return {
      hostname,
      port,
      address: /^y/i.test(outside) ? '0.0.0.0' : DEFAULT_ANSWERS.address,
      smarthost,
      reportDomain: reportDomain === 'none' ? null : reportDomain,
      senders,
    };
  } finally {
    questions.close();
  }
}

async function askSmarthost(questions: Interface, host: string): Promise<Answers['smarthost']> {
  const port = Number(await question(questions, `Port of ${host}`, '587', /^\d{1,5}$/));
  const user = await question(questions, 'User name there ("none": no AUTH)', 'none');
  return { host, port, user: user === 'none' ? null : user };
}

async function question(questions: Interface, text: string, preset: string, allowed: RegExp = /^\S+$/): Promise<string> {
  for (;;) {
    const answer = (await questions.question(`${text} [${preset}]: `)).trim() || preset;
    if (allowed.test(answer)) return answer;
  }
}
