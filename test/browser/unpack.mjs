/**
 * Unpacks the Chromium that @sparticuz/chromium brings, with the libraries and the font it needs.
 *
 * The package unpacks into the directory for temporary files, under fixed names, and takes what it
 * finds there for whole: two at once, another user, or a run that was cut, and the browser does not
 * start. So this runs as a process of its own, whose TMPDIR is an empty directory; its caller gives
 * that directory its final name once all is in it. And the package brings its libraries along only
 * where it takes the machine for AWS's: AWS_EXECUTION_ENV, set by the caller, says so.
 *
 * Prints nothing; ends with 0 when all is unpacked.
 */
import { chmodSync } from 'node:fs';
import chromium from '@sparticuz/chromium';

const file = await chromium.executablePath();
// For all users of this checkout: it comes with 0700.
chmodSync(file, 0o755);
