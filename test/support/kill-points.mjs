/**
 * Loaded into a relais before it starts (`node --import`): ends the process with SIGKILL at the n-th
 * passing of a named point. The points are found from outside, at the calls into Node.js and LevelDB,
 * so that nothing of this stands in the product.
 *
 * Armed while it runs: the point is written to the file that KILL_FILE names (`register-batch:7`), the
 * process is sent SIGUSR2, and counts from when the file is gone.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';

let point = '';
let left = 0;

process.on('SIGUSR2', () => {
  const [name, count] = fs.readFileSync(process.env.KILL_FILE, 'utf8').split(':');
  point = name;
  left = Number(count);
  fs.unlinkSync(process.env.KILL_FILE);
});

function pass(name) {
  if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Calls `after` once the callback-style function has done its work, before its caller hears of it. */
function afterCallback(name, after) {
  const original = fs[name];
  fs[name] = (...args) => {
    const callback = args.pop();
    original(...args, (...results) => {
      after();
      callback(...results);
    });
  };
}

afterCallback('writev', () => pass('spool-write'));
afterCallback('fdatasync', () => pass('spool-sync'));

const { ChainedBatch } = createRequire(createRequire(import.meta.url).resolve('level'))('classic-level/chained-batch.js');
const writeBatch = ChainedBatch.prototype._write;
ChainedBatch.prototype._write = async function (options) {
  if (options.sync) pass('before-register-batch');
  const result = await writeBatch.call(this, options);
  if (options.sync) pass('register-batch');
  return result;
};

const write = net.Socket.prototype.write;
net.Socket.prototype.write = function (chunk, ...rest) {
  const text = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString('latin1') : '';
  const reply = text.includes('Recorded as ');
  if (reply) pass('before-250');
  const result = write.call(this, chunk, ...rest);
  if (reply) setImmediate(() => pass('after-250'));
  if (text.endsWith('\r\n.\r\n') || text === '.\r\n') setImmediate(() => pass('after-dot'));
  return result;
};

const emit = net.Socket.prototype.emit;
net.Socket.prototype.emit = function (name, ...args) {
  if (name === 'data' && args[0]?.toString('latin1').includes('2.0.0 taken')) pass('after-reply');
  return emit.call(this, name, ...args);
};
