#!/usr/bin/env node
/** The command `relais`: gives the arguments to the command line and ends with its exit code. */
import { run } from './cli/program.ts';

// Whoever reads our output may stop reading (`relais list | head`): no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const code = await run(process.argv.slice(2));
process.exitCode = code;
// Only if something left open keeps the process alive: a command that is done ends.
setTimeout(() => process.exit(code), 1000).unref();
