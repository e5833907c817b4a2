/** `relais keys rotate`: return paths are signed by a new key; what was signed before holds until it expires. */

import { rotateVerpKeys } from '../config/index.ts';
import type { Config } from '../domain/settings.ts';
import type { Terminal } from './terminal.ts';

const DAY = 86_400_000;

export function rotateKeys({ dataDir, reports }: Config, options: { readonly json?: boolean }, terminal: Terminal): void {
  const { signing, verifying } = rotateVerpKeys(dataDir);
  if (options.json === true) {
    terminal.print(JSON.stringify({ signing, verifying }));
    return;
  }
  const days = Math.ceil(reports.tokenLifetime / DAY);
  const old =
    verifying.length === 0
      ? ''
      : ` Return paths signed by ${verifying.join(', ')} are believed for ${days} more days, then these keys are dropped.`;
  terminal.print(`Key ${signing} signs return paths once relais has been reloaded (SIGHUP) or started again.${old}`);
}
