/** `relais retry|hold|release|cancel|resend|delete ID …`: what a person does to messages, through the API. */
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { paintState, printable, type Terminal } from './terminal.ts';

interface ActionResult {
  readonly id: string;
  readonly state: string;
  readonly recipients: readonly { readonly address: string; readonly state: string; readonly changed: boolean }[];
}

export interface ActionOptions {
  /** Of the recipients, only these. */
  readonly only?: readonly string[] | undefined;
  readonly force?: boolean;
  readonly replace?: Readonly<Record<string, string>>;
  readonly rewriteTo?: boolean;
  readonly json?: boolean;
}

export async function act(
  api: Api,
  action: 'retry' | 'hold' | 'release' | 'cancel',
  ids: readonly string[],
  options: ActionOptions,
  terminal: Terminal,
): Promise<void> {
  await each(ids, terminal, async (id) => {
    const body = options.only === undefined ? {} : { recipients: options.only };
    const result = await api.post<ActionResult>(`/messages/${encodeURIComponent(id)}/${action}`, body);
    if (options.json === true) {
      terminal.print(JSON.stringify(result));
      return;
    }
    for (const { address, state, changed } of result.recipients) {
      terminal.print(`${result.id}  ${printable(address)}  ${paintState(terminal.colors, state)}${changed ? '' : ' (as before)'}`);
    }
  });
}

interface Sent {
  readonly id: string;
  readonly recipients: readonly string[];
}

export async function resend(api: Api, ids: readonly string[], options: ActionOptions, terminal: Terminal): Promise<void> {
  const { only, replace, rewriteTo } = options;
  const body = {
    ...(only === undefined ? {} : { recipients: only }),
    ...(replace === undefined ? {} : { replace }),
    ...(rewriteTo === undefined ? {} : { rewriteTo }),
  };
  await each(ids, terminal, async (id) => {
    const sent = await api.post<Sent>(`/messages/${encodeURIComponent(id)}/resend`, body);
    if (options.json === true) terminal.print(JSON.stringify(sent));
    else terminal.print(`${printable(id)}  ${terminal.colors.dim('sent again as')} ${sent.id}  ${printable(sent.recipients.join(', '))}`);
  });
}

export async function erase(api: Api, ids: readonly string[], options: ActionOptions, terminal: Terminal): Promise<void> {
  await each(ids, terminal, async (id) => {
    await api.delete(`/messages/${encodeURIComponent(id)}${options.force === true ? '?force=true' : ''}`);
    terminal.print(options.json === true ? JSON.stringify({ id, erased: true }) : `${printable(id)} is erased: record and bytes.`);
  });
}

/** Goes through all of them; the first fault decides the exit code. */
async function each(ids: readonly string[], terminal: Terminal, work: (id: string) => Promise<void>): Promise<void> {
  let failed: CommandError | undefined;
  for (const id of ids) {
    try {
      await work(id);
    } catch (error) {
      if (!(error instanceof CommandError) || error.exitCode === EXIT.unavailable || ids.length === 1) throw error;
      terminal.note(`${printable(id)}: ${error.message}`);
      failed ??= error;
    }
  }
  if (failed !== undefined) throw new CommandError(failed.exitCode, 'Not all could be done.');
}
