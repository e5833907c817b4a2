/**
 * `relais check`: the configuration, whether its ports are to be had, whether the data directory can
 * be written, how long certificates last, what each next hop answers, whether the mailboxes of reports
 * can be opened, and what the DNS says of the domains that mail is sent as (domain/dns-check.ts). Exit code 78 for a
 * configuration with mistakes, 69 when something needed is not there, else 0.
 */
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { type Control, formatIssue, loadConfig, machine, readControl } from '../config/index.ts';
import { checkDns } from '../domain/dns-check.ts';
import type { Config, SmarthostRoute } from '../domain/settings.ts';
import { dnsSource } from '../relais/dns-source.ts';
import { CommandError, EXIT } from './exit.ts';
import { greet } from './greeting.ts';
import { printable, type Terminal } from './terminal.ts';

export interface Checked {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly said: string;
}

export async function check(options: { readonly config?: string | undefined; readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const { config, warnings } = loadConfig(options.config, machine());
  let failed = 0;
  const tell = (checked: Checked): void => {
    if (checked.state === 'failed') failed++;
    terminal.print(options.json === true ? JSON.stringify(checked) : line(checked, terminal));
  };
  tell({ what: 'configuration', state: 'ok', said: config.file ?? 'none: the sandbox' });
  for (const warning of warnings) tell({ what: 'configuration', state: 'warning', said: formatIssue(warning) });
  tell(dataDirectory(config));
  for (const one of certificates(config)) tell(one);
  for (const one of await ports(config, readControl(config.dataDir))) tell(one);
  for (const one of await nextHops(config)) tell(one);
  for (const one of await mailboxes(config)) tell(one);
  for (const { what, state, said } of await checkDns(config, dnsSource(config))) tell({ what, state, said });
  if (failed > 0) throw new CommandError(EXIT.unavailable, failed === 1 ? 'One check failed.' : `${failed} checks failed.`);
}

function line({ what, state, said }: Checked, { colors }: Terminal): string {
  const mark = state === 'ok' ? colors.green('ok     ') : state === 'warning' ? colors.yellow('warning') : colors.red('failed ');
  return `${mark}  ${what.padEnd(14)} ${printable(said)}`;
}

function dataDirectory({ dataDir }: Config): Checked {
  let place = dataDir;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return { what: 'data', state: 'ok', said: place === dataDir ? dataDir : `${dataDir} will be made` };
  } catch {
    return { what: 'data', state: 'failed', said: `${place} cannot be written by this user` };
  }
}

const SOON = 30 * 86_400_000;

function certificates({ submission }: Config): Checked[] {
  if (submission.tls === null) return [];
  const { validTo } = new X509Certificate(submission.tls.certificate);
  const left = Date.parse(validTo) - Date.now();
  const state = left < 0 ? 'failed' : left < SOON ? 'warning' : 'ok';
  return [{ what: 'certificate', state, said: `${left < 0 ? 'ended' : 'ends'} ${validTo}` }];
}

interface Wanted {
  readonly room: string;
  readonly address: string;
  readonly port: number;
}

async function ports(config: Config, running: Control | undefined): Promise<Checked[]> {
  const wanted: Wanted[] = [
    ...config.submission.listeners.map((listener) => ({ room: 'submission', ...listener })),
    ...config.reports.listeners.map((listener) => ({ room: 'reports', ...listener })),
    { room: 'http', ...config.http },
  ];
  const checked: Checked[] = [];
  for (const one of wanted.filter(({ port }) => port !== 0)) checked.push(await portOf(one, running));
  return checked;
}

function portOf({ room, address, port }: Wanted, running: Control | undefined): Promise<Checked> {
  const what = `port ${port}`;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && running !== undefined) {
        resolve({
          what,
          state: 'ok',
          said: `${address}, ${room}: held by a program, most likely the relais that runs (process ${running.pid})`,
        });
        return;
      }
      const why =
        error.code === 'EADDRINUSE' ? 'taken by another program' : error.code === 'EACCES' ? 'needs a privilege' : String(error.code);
      resolve({ what, state: 'failed', said: `${address}, ${room}: ${why}` });
    });
    server.listen({ port, host: address, exclusive: true }, () =>
      server.close(() => resolve({ what, state: 'ok', said: `${address}, ${room}: free` })),
    );
  });
}

async function nextHops(config: Config): Promise<Checked[]> {
  const smarthosts = config.routes.filter((route): route is SmarthostRoute => route.via === 'smarthost');
  const hosts = smarthosts.flatMap((route) => [route, ...(route.fallbacks ?? []).map((other) => ({ ...route, ...other }))]);
  const distinct = new Map(hosts.map((route) => [`${route.host}:${route.port} ${route.tls}`, route]));
  return Promise.all(
    [...distinct.values()].map(async (route): Promise<Checked> => {
      const { ok, said } = await greet(route, config.hostname);
      return { what: 'next hop', state: ok ? 'ok' : 'failed', said: `${route.host}:${route.port} ${said}` };
    }),
  );
}

async function mailboxes({ reports }: Config): Promise<Checked[]> {
  const configured = reports.mailboxes ?? [];
  if (configured.length === 0) return [];
  const { checkMailbox } = await import('../relay/reports/index.ts');
  return Promise.all(
    configured.map(async (mailbox): Promise<Checked> => {
      const { ok, said } = await checkMailbox(mailbox, Date.now);
      return { what: 'mailbox', state: ok ? 'ok' : 'failed', said: `${mailbox.name}: ${said}` };
    }),
  );
}
