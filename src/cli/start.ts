/**
 * `relais start`: runs the relay until it is told to stop. SIGTERM and SIGINT drain and end with 0,
 * a second one ends at once; SIGHUP reads the configuration again. A defect (an exception nobody
 * caught) is logged, everything is stopped in order, and the code is 70.
 */
import { ConfigError, formatIssue, type LoadedConfig, loadConfig, machine } from '../config/index.ts';
import { type Relais, startRelais } from '../relais.ts';
import { banner } from './banner.ts';
import { describeError, EXIT } from './exit.ts';
import { createLog, type RelayLog } from './log.ts';
import type { Terminal } from './terminal.ts';
import { relaisVersion } from './version.ts';

export interface StartOptions {
  readonly config?: string | undefined;
}

/** Past `shutdownGrace` this much longer, then the process ends whatever hangs. */
const LAST_RESORT = 5_000;

/** Resolves with the exit code once the relay has ended. */
export async function start(options: StartOptions, terminal: Terminal): Promise<number> {
  const loaded = loadConfig(options.config, machine());
  const log = createLog(loaded.config.logLevel, terminal);
  warn(loaded, log);
  const version = relaisVersion();
  // From the first moment: a stop that comes while it starts waits for the start, then stops it.
  const ending = endings(log);
  let running: Relais | null = null;
  process.on('SIGHUP', () => {
    if (running !== null) void reload(options, running, log);
  });
  const relais = await startRelais({ config: loaded.config, log, version });
  if (terminal.isTerminal || loaded.config.sandbox)
    for (const line of banner(terminal, loaded.config, relais, version)) terminal.print(line);
  log.info(
    { version, node: process.versions.node, sandbox: loaded.config.sandbox, config: loaded.config.file, pid: process.pid },
    'relais is ready',
  );
  running = relais;
  const code = await Promise.race([ending, relais.lost.then(() => EXIT.store)]);
  return stopAll(relais, log, code, loaded.config.shutdownGrace);
}

function warn(loaded: LoadedConfig, log: RelayLog): void {
  for (const warning of loaded.warnings) log.warn({ config: loaded.config.file }, formatIssue(warning));
}

/** Resolves with the exit code when somebody, or something, ends the relay. */
function endings(log: RelayLog): Promise<number> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) {
        log.warn({ signal }, 'stopping at once');
        process.exit(EXIT.done);
      }
      asked = true;
      log.info({ signal }, 'stopping');
      resolve(EXIT.done);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
    const onDefect = (error: unknown): void => {
      log.error({ err: error }, 'a defect of relais: stopping in order');
      asked = true;
      resolve(EXIT.internal);
    };
    process.on('uncaughtException', onDefect).on('unhandledRejection', onDefect);
  });
}

async function stopAll(relais: Relais, log: RelayLog, code: number, grace: number): Promise<number> {
  const lastResort = setTimeout(() => {
    log.error({ graceMs: grace }, 'something did not stop in its time: ending all the same; nothing that was accepted is lost');
    process.exit(code === EXIT.done ? EXIT.internal : code);
  }, grace + LAST_RESORT);
  try {
    await relais.stop();
    log.info({}, 'stopped');
    return code;
  } catch (error) {
    log.error({ err: error }, 'the stop failed');
    return code === EXIT.done ? describeError(error).code : code;
  } finally {
    clearTimeout(lastResort);
  }
}

/** A bad file keeps the old one running and says so. */
async function reload(options: StartOptions, relais: Relais, log: RelayLog): Promise<void> {
  try {
    const loaded = loadConfig(options.config, machine());
    await relais.reload(loaded.config);
    log.level = loaded.config.logLevel;
    warn(loaded, log);
  } catch (error) {
    const issues = error instanceof ConfigError ? error.issues.map(formatIssue) : [describeError(error).text];
    log.error({ issues }, 'the configuration was not reloaded; the one before keeps running');
  }
}
