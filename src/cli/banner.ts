/** What somebody who started relais by hand sees first: where it is, how to get in, what to try. */
import { relative } from 'node:path';
import type { Config } from '../domain/settings.ts';
import type { Relais } from '../relais.ts';
import type { Terminal } from './terminal.ts';

export function banner(terminal: Terminal, config: Config, relais: Relais, version: string): string[] {
  const { colors } = terminal;
  const title = `${colors.bold('relais')} ${version}`;
  const data = relative(process.cwd(), config.dataDir);
  const field = (name: string, value: string): string => `  ${colors.dim(name.padEnd(10))} ${value}`;
  const smtp = relais.submission.map(({ address, port, tls }) => `${address}:${port}${tls === 'none' ? '' : ` (${tls})`}`);
  const lines = [
    '',
    config.sandbox ? `  ${title} ${colors.yellow('sandbox')}: nothing leaves this machine` : `  ${title}`,
    '',
    field('SMTP', smtp.join(', ')),
    field('Dashboard', colors.cyan(`${relais.url}/`)),
    field('Sign in', `${colors.cyan(relais.signInLink())} ${colors.dim('(once, within an hour)')}`),
    field('Data', data === '' || data.startsWith('..') ? config.dataDir : `./${data}`),
  ];
  return config.sandbox ? [...lines, ...tryNext(terminal, relais), ''] : [...lines, ''];
}

function tryNext({ colors }: Terminal, relais: Relais): string[] {
  const listener = relais.submission[0];
  const server = `${listener?.address ?? '127.0.0.1'}:${listener?.port ?? 2525}`;
  return [
    '',
    `  ${colors.bold('Try')} ${colors.dim('in another terminal')}`,
    `    swaks --server ${server} --from erp@example.com --to late-bounce@example.com`,
    '    npx relais status late-bounce@example.com',
    `    curl -H "Authorization: Bearer $(npx relais token add --name try)" ${relais.url}/api/v1/messages`,
    '',
    colors.dim('  The built-in next hop answers by local part: bounce@ full@ defer@ greylist@ slow@ blocked@'),
    colors.dim('  late-bounce@ stray-bounce@ confirm@ complaint@; anything else is accepted. AUTH: sandbox / sandbox.'),
    colors.dim('  Without swaks: npx relais send-test --to bounce@example.com. Stop with Ctrl-C.'),
  ];
}
