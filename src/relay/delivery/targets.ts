/**
 * The servers of a next hop in the order in which they are to be tried, each with what it has to
 * prove. Names are looked up one after the other, as they are needed.
 *
 * Upstream: sessions.ts. Downstream: the DNS, MTA-STS. Standards: RFC 5321 §5.1; RFC 7672 and
 * RFC 8461 through tls-policy.ts. Failure: `HopUnreachable` and `DomainRefused` as the DNS says; a
 * fallback of a smarthost route is tried also where the name of one before is not to be found.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { HostPort, MxRoute, Route, SmarthostRoute } from '../../domain/settings.ts';
import type { SessionSources } from './sessions.ts';
import { planTls, type TlsNeed, type TlsPlan, type TlsRefusal } from './tls-policy.ts';
import { DomainRefused, HopUnreachable } from './unreachable.ts';

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly auth: { readonly user: string; readonly password: string } | null;
  /** A refusal: it is not to be dialled. */
  readonly plan: TlsPlan | TlsRefusal;
}

export interface TargetRequest {
  readonly route: Route;
  /** Of the next hop: the domain, for direct MX. */
  readonly name: string;
  readonly sources: SessionSources;
  readonly need: TlsNeed;
}

export async function* targetsOf(request: TargetRequest): AsyncGenerator<Target> {
  const { route, sources } = request;
  switch (route.via) {
    case 'smarthost':
      yield* smarthostTargets(route, request.need);
      return;
    case 'mx':
      yield* mxTargets(route, request);
      return;
    case 'sandbox': {
      const hop = sources.sandboxHop;
      if (hop === null) throw unreachable('the sandbox hop is not running');
      const plan = planTls({ ...NAMED_BY_US, tls: 'none', name: null, need: request.need });
      yield { address: hop.host, port: hop.port, auth: null, plan };
      return;
    }
    case 'hold':
      throw new TypeError('a hold route leads nowhere');
    default:
      route satisfies never;
  }
}

/** What is said of a server by the configuration: no domain's policy, and nobody to doubt its name. */
const NAMED_BY_US = { domain: null, nameSecure: true, sts: null, tlsa: { kind: 'none' } } as const;

function unreachable(message: string): HopUnreachable {
  return new HopUnreachable({ phase: 'dns', reply: null, message, address: null });
}

async function* smarthostTargets(route: SmarthostRoute, need: TlsNeed): AsyncGenerator<Target> {
  const { tls, auth } = route;
  let failure: HopUnreachable | null = null;
  let found = false;
  for (const { host, port } of [route, ...(route.fallbacks ?? [])]) {
    const name = isIP(host) === 0 ? host : null;
    try {
      for (const address of await addressesOf({ host, port })) {
        found = true;
        yield { address, port, auth, plan: planTls({ ...NAMED_BY_US, tls, name, need }) };
      }
    } catch (error) {
      if (!(error instanceof HopUnreachable)) throw error;
      failure = error;
    }
  }
  if (!found && failure !== null) throw failure;
}

/** The provider's name is looked up as the system does, hosts file included. */
async function addressesOf({ host }: HostPort): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw unreachable(error instanceof Error ? error.message : String(error));
  }
}

async function* mxTargets(route: MxRoute, { name: domain, sources, need }: TargetRequest): AsyncGenerator<Target> {
  const { tls, port } = route;
  const [answer, sts] = await Promise.all([sources.findMx(domain), route.mtaSts === true ? sources.policies.policyOf(domain) : null]);
  if (answer.kind === 'refused') throw new DomainRefused(answer);
  if (answer.kind === 'unreachable') throw unreachable(answer.error);
  for (const host of answer.hosts) {
    // RFC 7672 §2.2.1: TLSA records are asked for where the MX records were validated as well.
    const tlsa = await sources.findTlsa({ ...host, secure: host.secure && answer.secure && tls !== 'none' }, port);
    const plan = planTls({ tls, name: host.name, domain, nameSecure: answer.secure, sts, tlsa, need });
    yield { address: host.address, port, auth: null, plan };
  }
}

/** A route's own authorities beside the system's, parsed once: 140 roots cost milliseconds. */
export function createTrust(): (route: Route) => SecureContext | undefined {
  const contexts = new Map<Route, SecureContext>();
  return (route) => {
    if ((route.via !== 'smarthost' && route.via !== 'mx') || route.ca == null) return undefined;
    let context = contexts.get(route);
    if (context === undefined) {
      context = createSecureContext({ ca: [...rootCertificates, route.ca] });
      contexts.set(route, context);
    }
    return context;
  };
}
