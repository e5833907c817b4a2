/**
 * Loaded into a relais before it starts (`node --import`): writes to SYNC_TRACE, a line of JSON each,
 * what became durable and what was said, in the order it happened:
 *
 *     {"did":"received"}                      the end of a message's data came in
 *     {"did":"synced","path":…,"size":…}      this much of the file is on disk
 *     {"did":"answered"}                      a 250 with an id went out
 *
 * A LevelDB log counts as synced up to the size it has when a synchronous batch returns.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

const trace = fs.openSync(process.env.SYNC_TRACE, 'a');
const note = (entry) => fs.writeSync(trace, `${JSON.stringify(entry)}\n`);
const data = process.env.SYNC_TRACE_DATA;

function noteSize(file) {
  try {
    note({ did: 'synced', path: file, size: fs.statSync(file).size });
  } catch {
    // removed meanwhile
  }
}

const filesBelow = (directory, ending) => {
  try {
    return fs
      .readdirSync(path.join(data, directory))
      .filter((name) => name.endsWith(ending))
      .map((name) => path.join(data, directory, name));
  } catch {
    return [];
  }
};

// What an earlier process left is on disk.
for (const file of [...filesBelow('register', '.log'), ...filesBelow('spool', '')]) noteSize(file);

const fdatasync = fs.fdatasync;
fs.fdatasync = (fd, callback) => {
  const file = fs.readlinkSync(`/proc/self/fd/${fd}`);
  const { size } = fs.fstatSync(fd);
  fdatasync(fd, (error) => {
    if (error === null) note({ did: 'synced', path: file, size });
    callback(error);
  });
};

const { ChainedBatch } = createRequire(createRequire(import.meta.url).resolve('level'))('classic-level/chained-batch.js');
const writeBatch = ChainedBatch.prototype._write;
ChainedBatch.prototype._write = async function (options) {
  const result = await writeBatch.call(this, options);
  if (options.sync) for (const file of filesBelow('register', '.log')) noteSize(file);
  return result;
};

const write = net.Socket.prototype.write;
net.Socket.prototype.write = function (chunk, ...rest) {
  if (chunk.toString('latin1').includes('Recorded as ')) note({ did: 'answered' });
  return write.call(this, chunk, ...rest);
};

const emit = net.Socket.prototype.emit;
net.Socket.prototype.emit = function (name, ...args) {
  if (name === 'data' && args[0]?.toString('latin1').endsWith('\r\n.\r\n')) note({ did: 'received' });
  return emit.call(this, name, ...args);
};
