/**
 * What the benchmarks share: private instances of Debian's smtp-sink and Postfix, a relais of its
 * own, and the CPU and memory of a tree of processes. Everything listens on loopback, and all of it
 * ends with the benchmark.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const percentile = (values, p) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
};

/** Ends the process with what is missing, when one of Debian's programs is not there. */
export function requirePrograms(...names) {
  const missing = names.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  if (missing.length === 0) return;
  console.error(
    `This benchmark needs ${missing.join(', ')}: install Debian's package postfix (apt-get install postfix) and run it as root.`,
  );
  process.exit(69);
}

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function waitForPort(port, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on 127.0.0.1:${port} after ${seconds} s`);
}

/** Debian's smtp-sink, which counts what arrives in a file. */
export async function startSink(dir, port) {
  const counterFile = path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : dir, `relais-sink-${process.pid}-${port}`);
  const out = fs.openSync(counterFile, 'w');
  const child = spawn('smtp-sink', ['-u', 'postfix', '-c', '-m', '2000', `127.0.0.1:${port}`, '1024'], {
    stdio: ['ignore', out, 'ignore'],
  });
  fs.closeSync(out);
  await waitForPort(port);
  return {
    port,
    /** Messages that arrived since the sink was started: the last counter it wrote. */
    count() {
      const fd = fs.openSync(counterFile, 'r');
      const { size } = fs.fstatSync(fd);
      const tail = Buffer.alloc(Math.min(400, size));
      fs.readSync(fd, tail, 0, tail.length, size - tail.length);
      fs.closeSync(fd);
      const seen = [...tail.toString('latin1').matchAll(/mesg=(\d+)(?=\D)/g)];
      return seen.length === 0 ? 0 : Number(seen.at(-1)[1]);
    },
    stop() {
      child.kill('SIGTERM');
      fs.rmSync(counterFile, { force: true });
    },
  };
}

const POSTFIX_SERVICES = `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
showq unix n - n - - showq
`;

/**
 * A Postfix of its own below `dir`, tuned as the fastest of several set-ups tried: no name
 * look-ups, no delay of input, five connections kept to the one next hop.
 */
export async function startPostfix(dir, port, sinkPort) {
  for (const name of ['etc', 'queue', 'data']) fs.mkdirSync(path.join(dir, name), { recursive: true, mode: 0o755 });
  for (let at = dir; at !== path.dirname(at); at = path.dirname(at)) if (at.startsWith('/tmp/')) fs.chmodSync(at, 0o755);
  spawnSync('chown', ['postfix', path.join(dir, 'data')]);
  const settings = {
    compatibility_level: '3.6',
    queue_directory: `${dir}/queue`,
    data_directory: `${dir}/data`,
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    shlib_directory: '/usr/lib/postfix',
    meta_directory: '/etc/postfix',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    myhostname: 'relay.test',
    mydestination: '',
    local_recipient_maps: '',
    local_transport: 'error:no local mail',
    alias_maps: '',
    alias_database: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    relayhost: `[127.0.0.1]:${sinkPort}`,
    smtpd_relay_restrictions: 'permit_mynetworks,reject',
    smtpd_recipient_restrictions: 'permit_mynetworks,reject',
    smtpd_peername_lookup: 'no',
    smtp_dns_support_level: 'disabled',
    smtp_host_lookup: 'native',
    smtp_tls_security_level: 'none',
    smtpd_tls_security_level: 'none',
    smtputf8_enable: 'no',
    biff: 'no',
    in_flow_delay: '0',
    default_process_limit: '150',
    default_destination_concurrency_limit: '5',
    initial_destination_concurrency: '5',
    default_destination_recipient_limit: '50',
    smtp_connection_cache_on_demand: 'no',
    smtp_connection_reuse_count_limit: '0',
    qmgr_message_active_limit: '20000',
    message_size_limit: '104857600',
    mailbox_size_limit: '0',
    smtpd_client_event_limit_exceptions: '127.0.0.0/8',
    maillog_file_prefixes: dir,
    maillog_file: `${dir}/maillog`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  fs.writeFileSync(path.join(dir, 'etc/main.cf'), lines.join(''));
  fs.writeFileSync(path.join(dir, 'etc/master.cf'), `127.0.0.1:${port} inet n - n - - smtpd\n${POSTFIX_SERVICES}`);
  const started = spawnSync('postfix', ['-c', path.join(dir, 'etc'), 'start'], { encoding: 'utf8' });
  if (started.status !== 0) throw new Error(`postfix does not start: ${started.stderr}`);
  await waitForPort(port);
  const pid = Number(fs.readFileSync(path.join(dir, 'queue/pid/master.pid'), 'utf8').trim());
  return { port, pid, stop: () => spawnSync('postfix', ['-c', path.join(dir, 'etc'), 'stop']) };
}

/** A relais with data below `dir`, whose one route is the sink. Resolves when it is ready. */
export async function startRelais(
  dir,
  { smtp, http, sinkPort, returnPath = 'verp', reports = '{domain: bounce.test, listeners: []}', extra = '' },
) {
  fs.mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'relais.yaml');
  fs.writeFileSync(
    file,
    `hostname: relay.test
dataDir: ${JSON.stringify(path.join(dir, 'data'))}
submission:
  listeners: [{address: 127.0.0.1, port: ${smtp}, tls: none}]
  networks: [127.0.0.0/8]
routes: [{via: smarthost, host: 127.0.0.1, port: ${sinkPort}, tls: none, returnPath: ${returnPath}}]
reports: ${reports}
http: {address: 127.0.0.1, port: ${http}}
${extra}`,
  );
  const log = fs.openSync(path.join(dir, 'log'), 'a');
  const child = spawn(process.execPath, ['--max-semi-space-size=4', 'dist/main.js', 'start', '--config', file], {
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  const began = performance.now();
  await waitForReady(http, child);
  return {
    port: smtp,
    http,
    pid: child.pid,
    readyAfterMs: performance.now() - began,
    async stop(signal = 'SIGTERM') {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
    },
  };
}

async function waitForReady(http, child, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`relais ended with ${child.exitCode}`);
    const ready = await fetch(`http://127.0.0.1:${http}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await sleep(20);
  }
  throw new Error(`relais is not ready after ${seconds} s`);
}

function processes() {
  const all = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      all.set(Number(name), {
        parent: Number(fields[1]),
        ticks: Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]),
      });
    } catch {
      // ended meanwhile
    }
  }
  return all;
}

/** CPU seconds (children that ended included) and resident octets of a process and all below it. */
export function usage(root) {
  const all = processes();
  const waiting = [root];
  let ticks = 0;
  let resident = 0;
  while (waiting.length > 0) {
    const pid = waiting.pop();
    ticks += all.get(pid)?.ticks ?? 0;
    try {
      resident += Number(/^Rss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]) * 1024;
    } catch {
      // ended meanwhile
    }
    for (const [child, { parent }] of all) if (parent === pid) waiting.push(child);
  }
  return { cpuSeconds: ticks / 100, resident };
}

/** Runs smtp-source against a port; resolves with its seconds. */
export function submit({ port, count, size, sessions, reuse }) {
  const args = ['-s', String(sessions), '-m', String(count), '-l', String(size), '-f', 'sender@src.test', '-t', 'rcpt@dest.test'];
  if (reuse) args.push('-d');
  args.push(`127.0.0.1:${port}`);
  const began = performance.now();
  const child = spawn('smtp-source', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve((performance.now() - began) / 1000);
      else reject(new Error(`smtp-source against port ${port} ended with ${code}: ${stderr.slice(0, 300)}`));
    });
  });
}
