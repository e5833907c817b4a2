/**
 * Opens a session with a next hop: finds its addresses, tries them in turn, and falls back from
 * broken opportunistic TLS to none (RFC 7435 §3), within the attempt's deadline.
 *
 * Upstream: the attempt. Downstream: DNS and the SMTP adapter. Failure: `HopUnreachable`, which
 * concerns the hop as a whole, or `DomainRefused`, which the DNS states of the recipient's domain.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { type Category, PHASES, type Phase, type Reply } from '../../domain/reply.ts';
import type { Route, RouteTls } from '../../domain/settings.ts';
import type { FindMx } from './mx.ts';
import { DialError, dialSession, hostPort, type SmtpSession } from './smtp-client.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';

export class HopUnreachable extends Error {
  override readonly name = 'HopUnreachable';
  readonly phase: Phase;
  readonly reply: Reply | null;
  /** The one that was dialled. */
  readonly address: string | null;
  constructor(failure: { readonly phase: Phase; readonly reply: Reply | null; readonly message: string; readonly address: string | null }) {
    super(failure.message);
    this.phase = failure.phase;
    this.reply = failure.reply;
    this.address = failure.address;
  }
}

export class DomainRefused extends Error {
  override readonly name = 'DomainRefused';
  readonly reply: Reply;
  readonly category: Category;
  readonly addressInvalid: boolean;
  constructor(refusal: { readonly reply: Reply; readonly category: Category; readonly addressInvalid: boolean }) {
    super(refusal.reply.text);
    this.reply = refusal.reply;
    this.category = refusal.category;
    this.addressInvalid = refusal.addressInvalid;
  }
}

export type OpenSession = (signal: AbortSignal) => Promise<SmtpSession>;

export interface SessionSources {
  readonly hostname: string;
  readonly findMx: FindMx;
  readonly sandboxHop: { readonly host: string; readonly port: number } | null;
  readonly timeouts: SmtpTimeouts;
}

interface Target {
  readonly name: string | null;
  readonly address: string;
  readonly port: number;
}

/** How to reach the next hop `name` of `route`. */
export function sessionOpener(route: Route, name: string, sources: SessionSources): OpenSession {
  const tls: RouteTls = route.via === 'smarthost' || route.via === 'mx' ? route.tls : 'none';
  const auth = route.via === 'smarthost' ? route.auth : null;
  const secureContext = trustOf(route);
  return async (signal) => {
    const targets = await targetsOf(route, name, sources);
    let failure: HopUnreachable | undefined;
    for (const target of targets) {
      try {
        return await dialWithFallback({ target, tls, auth, secureContext, sources, signal });
      } catch (error) {
        if (!(error instanceof DialError)) throw error;
        const { phase, reply, message } = error;
        const reached = new HopUnreachable({ phase, reply, message, address: hostPort(target.address, target.port) });
        // The one that got furthest says most.
        if (failure === undefined || PHASES.indexOf(failure.phase) <= PHASES.indexOf(phase)) failure = reached;
        if (signal.aborted) break;
      }
    }
    throw failure ?? new HopUnreachable({ phase: 'dns', reply: null, message: `${name}: no address`, address: null });
  };
}

async function dialWithFallback(request: {
  readonly target: Target;
  readonly tls: RouteTls;
  readonly auth: { readonly user: string; readonly password: string } | null;
  readonly secureContext: SecureContext | undefined;
  readonly sources: SessionSources;
  readonly signal: AbortSignal;
}): Promise<SmtpSession> {
  const { target, tls, auth, secureContext, sources, signal } = request;
  const dial = (mode: RouteTls): Promise<SmtpSession> =>
    dialSession({
      address: target.address,
      port: target.port,
      serverName: target.name,
      tls: mode,
      secureContext,
      auth,
      hostname: sources.hostname,
      timeouts: sources.timeouts,
      signal,
    });
  try {
    return await dial(tls);
  } catch (error) {
    const broken = error instanceof DialError && error.phase === 'starttls' && error.reply === null;
    // Credentials do not go out in the clear because a handshake failed.
    if (!broken || tls !== 'opportunistic' || auth !== null || signal.aborted) throw error;
    return dial('none');
  }
}

async function targetsOf(route: Route, name: string, sources: SessionSources): Promise<readonly Target[]> {
  switch (route.via) {
    case 'smarthost':
      return smarthostTargets(route.host, route.port);
    case 'mx': {
      const answer = await sources.findMx(name);
      if (answer.kind === 'refused') throw new DomainRefused(answer);
      if (answer.kind === 'unreachable') throw new HopUnreachable({ phase: 'dns', reply: null, message: answer.error, address: null });
      return answer.hosts.map((host) => ({ ...host, port: route.port }));
    }
    case 'sandbox': {
      const hop = sources.sandboxHop;
      if (hop === null) throw new HopUnreachable({ phase: 'dns', reply: null, message: 'the sandbox hop is not running', address: null });
      return [{ name: null, address: hop.host, port: hop.port }];
    }
    case 'hold':
      throw new TypeError('a hold route leads nowhere');
    default:
      return route satisfies never;
  }
}

/** The provider's name is looked up as the system does, hosts file included. */
async function smarthostTargets(host: string, port: number): Promise<readonly Target[]> {
  if (isIP(host) !== 0) return [{ name: null, address: host, port }];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => ({ name: host, address, port }));
  } catch (error) {
    throw new HopUnreachable({ phase: 'dns', reply: null, message: error instanceof Error ? error.message : String(error), address: null });
  }
}

/** The route's own authorities beside the system's, parsed once: 140 roots cost milliseconds. */
function trustOf(route: Route): SecureContext | undefined {
  if (route.via !== 'smarthost' || route.ca === null || route.tls === 'none') return undefined;
  return createSecureContext({ ca: [...rootCertificates, route.ca] });
}
