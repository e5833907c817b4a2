/** `relais evidence`: the commands and their options. */
import { type Command, Option } from 'commander';
import { LANGUAGES } from '../domain/settings.ts';
import { findRelay, requireRelay } from './api.ts';
import type { EvidenceOptions, VerifyOptions } from './evidence.ts';
import { type Common, remote } from './options.ts';
import type { Terminal } from './terminal.ts';

export function addEvidence(program: Command, screen: Terminal): void {
  const group = remote(program.command('evidence').description('signed evidence of a message, or of all mail of a document'))
    .argument('[what]', 'id or Message-ID of a message, or a document')
    .option('--pdf <file>', 'write a PDF, with the JSON in it; else the JSON is printed')
    .addOption(new Option('--language <language>', 'of its sentences').choices([...LANGUAGES]))
    .option('--administration <name>', 'whose document, where several have one of this name; "" for mail that names none')
    .action(async (what: string | undefined, options: Common & EvidenceOptions, command: Command) => {
      if (what === undefined) command.help({ error: true });
      else await (await import('./evidence.ts')).evidence(requireRelay(options), what, options, screen);
    });
  remote(group.command('verify').description('say which statements of evidence hold: needs no running relay'))
    .argument('<file>', 'PDF or JSON; "-": standard input')
    .option('--key <key>', "the relay's key, as known from elsewhere: its fingerprint, or a file in PEM")
    .option('--content <file>', 'what is said to be the content of a message in it')
    .option('--seals <file>', 'seals that were kept: what `relais evidence seals` printed')
    .action(async (file: string, options: Common & VerifyOptions, command: Command) => {
      const asked = { ...command.parent?.opts<Common>(), ...options };
      const relay = options.key === undefined ? findRelay(asked) : undefined;
      await (await import('./evidence.ts')).verifyEvidence(file, asked, relay, screen);
    });
  remote(group.command('key').description('the public key that evidence is verified with, and its fingerprint')).action(
    async (options: Common, command: Command) => {
      const asked = { ...command.parent?.opts<Common>(), ...options };
      await (await import('./evidence.ts')).showKey(requireRelay(asked), asked, screen);
    },
  );
  remote(group.command('seals').description('the seals over all events, one a line: for others to keep'))
    .option('--after <seq>', '`to` of the last one that is known')
    .action(async (options: Common & { after?: string }, command: Command) => {
      const asked = { ...command.parent?.opts<Common>(), ...options };
      await (await import('./evidence.ts')).showSeals(requireRelay(asked), asked, screen);
    });
}
