/**
 * Opens a session with a next hop: finds its servers, learns what each has to prove, tries them in
 * turn, and falls back from broken opportunistic TLS to none (RFC 7435 §3), within the attempt's
 * deadline.
 *
 * Upstream: attempt.ts. Downstream: targets.ts (who there is) and the SMTP adapter. Standards:
 * RFC 5321 §5.1 (the next host where one can not be reached), §4.5.4.1 (hosts that could not be
 * reached are remembered), RFC 8689 §4.2.1 (REQUIRETLS, on every host in turn).
 * Failure: `HopUnreachable`, which concerns the hop as a whole; `DomainRefused`, which the DNS states
 * of the recipient's domain; `RequireTlsUnmet`, which concerns messages with REQUIRETLS alone.
 */
import type { SecureContext } from 'node:tls';
import { PHASES, type Phase, type Reply } from '../../domain/reply.ts';
import type { Route } from '../../domain/settings.ts';
import type { TlsPolicyType, TlsResult, TlsSession } from '../../domain/tls.ts';
import type { StsPolicies } from './mta-sts.ts';
import type { FindMx } from './mx.ts';
import { judgePeer } from './peer.ts';
import type { Reachability } from './reachability.ts';
import { DialError, type DialRequest, dialSession, hostPort, type SmtpSession } from './smtp-client.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';
import { type Target, targetsOf } from './targets.ts';
import type { TlsNeed, TlsPlan } from './tls-policy.ts';
import type { FindTlsa } from './tlsa.ts';
import { HopUnreachable, RequireTlsUnmet } from './unreachable.ts';

export interface SessionWish {
  readonly need: TlsNeed;
  /** `ip:port` of servers that said that they can't now. */
  readonly except: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export type OpenSession = (wish: SessionWish) => Promise<SmtpSession>;

export interface SessionSources {
  readonly hostname: string;
  readonly findMx: FindMx;
  readonly findTlsa: FindTlsa;
  readonly policies: StsPolicies;
  readonly reachability: Reachability;
  /** What a route trusts beside the system's authorities. */
  readonly trustOf: (route: Route) => SecureContext | undefined;
  readonly sandboxHop: { readonly host: string; readonly port: number } | null;
  readonly timeouts: SmtpTimeouts;
  readonly now: () => number;
  readonly onTls: (session: TlsSession) => void;
}

/** How to reach the next hop `name` of `route`. */
export function sessionOpener(route: Route, name: string, sources: SessionSources): OpenSession {
  return (wish) => new Search({ route, name, sources, wish }).run();
}

interface SearchRequest {
  readonly route: Route;
  readonly name: string;
  readonly sources: SessionSources;
  readonly wish: SessionWish;
}

/** One look for a server that takes us. */
class Search {
  readonly #o: SearchRequest;
  #failure: HopUnreachable | null = null;
  /** What servers lacked for REQUIRETLS. */
  #lack: Reply | null = null;
  /** A server could not be asked. */
  #passing = false;

  constructor(request: SearchRequest) {
    this.#o = request;
  }

  async run(): Promise<SmtpSession> {
    const { route, name, sources, wish } = this.#o;
    const later: Target[] = [];
    for await (const target of targetsOf({ route, name, sources, need: wish.need })) {
      if (wish.except.has(hostPort(target.address, target.port))) continue;
      if (sources.reachability.isDoubtful(target)) later.push(target);
      else {
        const session = await this.#try(target);
        if (session !== null) return session;
      }
      if (wish.signal.aborted) break;
    }
    for (const target of later) {
      if (wish.signal.aborted) break;
      const session = await this.#try(target);
      if (session !== null) return session;
    }
    throw this.#outcome();
  }

  #outcome(): Error {
    const failure = this.#failure ?? this.#unreachable('dns', null, `${this.#o.name}: no address`, null);
    if (this.#lack === null) return failure;
    return new RequireTlsUnmet(this.#passing ? null : this.#lack, this.#passing ? failure.message : this.#lack.text);
  }

  #unreachable(phase: Phase, reply: Reply | null, message: string, address: string | null): HopUnreachable {
    return new HopUnreachable({ phase, reply, message, address });
  }

  /** Null: it was not to be, and why is noted. */
  async #try(target: Target): Promise<SmtpSession | null> {
    const { sources, wish } = this.#o;
    const { address, port, plan } = target;
    if ('problem' in plan) {
      this.#count(plan.policy, plan.result);
      this.#note(
        this.#unreachable('starttls', null, plan.problem, hostPort(address, port)),
        NEEDS_ENCRYPTION,
        plan.result === 'dnssec-invalid',
      );
      return null;
    }
    try {
      const session = await this.#dialWithFallback(target, plan);
      sources.reachability.reached(target);
      if (wish.need !== 'required' || session.requireTls) return session;
      void session.quit();
      this.#note(this.#unreachable('ehlo', null, NEEDS_REQUIRETLS.text, session.address), NEEDS_REQUIRETLS, false);
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      const { phase, reply, message } = error;
      if (phase === 'connect' || phase === 'greeting') sources.reachability.failed(target);
      const definite = phase === 'starttls' && error.tlsResult !== null && (reply === null || reply.code >= 500);
      this.#note(this.#unreachable(phase, reply, message, hostPort(address, port)), definite ? NEEDS_ENCRYPTION : null, !definite);
    }
    return null;
  }

  #note(failure: HopUnreachable, lack: Reply | null, passing: boolean): void {
    // The one that got furthest says most.
    if (this.#failure === null || PHASES.indexOf(this.#failure.phase) <= PHASES.indexOf(failure.phase)) this.#failure = failure;
    if (passing) this.#passing = true;
    // RFC 8689 §4.2.1: the last host that was reached decides between the two codes.
    if (this.#o.wish.need === 'required') this.#lack = lack ?? this.#lack;
  }

  async #dialWithFallback(target: Target, plan: TlsPlan): Promise<SmtpSession> {
    const { wish } = this.#o;
    try {
      const session = await dialSession(this.#dialRequest(target, plan));
      if (plan.use !== 'none') this.#count(plan.policy, session.tlsResult ?? 'starttls-not-supported');
      return session;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      if (error.tlsResult !== null) this.#count(plan.policy, error.tlsResult);
      const broken = error.phase === 'starttls' && error.reply === null;
      // Credentials do not go out in the clear because a handshake failed.
      if (!broken || plan.use !== 'opportunistic' || target.auth !== null || wish.signal.aborted) throw error;
      return dialSession(this.#dialRequest(target, { ...plan, use: 'none' }));
    }
  }

  #dialRequest({ address, port, auth }: Target, plan: TlsPlan): DialRequest {
    const { route, sources, wish } = this.#o;
    return {
      address,
      port,
      serverName: plan.peerName,
      tls: plan.use,
      secureContext: sources.trustOf(route),
      judge: (socket) => judgePeer(socket, plan, sources.now()),
      strict: wish.need !== 'waived',
      auth,
      hostname: sources.hostname,
      timeouts: sources.timeouts,
      signal: wish.signal,
    };
  }

  #count(policy: TlsPolicyType, result: TlsResult): void {
    this.#o.sources.onTls({ policy, result });
  }
}

/** RFC 8689 §4.2.1. */
const NEEDS_REQUIRETLS: Reply = { code: 550, status: '5.7.30', text: 'REQUIRETLS support required, which the next hop does not offer' };
const NEEDS_ENCRYPTION: Reply = {
  code: 550,
  status: '5.7.10',
  text: 'Encryption needed: no TLS session with an authenticated next hop came about (REQUIRETLS)',
};
