/**
 * What a server has to prove before mail goes to it: the route's own wish, raised by what the
 * recipient's domain asks for. Pure.
 *
 * Upstream: sessions.ts, with the answers of DNS and policy host. Downstream: the SMTP adapter and
 * peer.ts. Standards: RFC 7672 §2.2 (TLSA records and what they oblige to), RFC 8461 §5 (modes of a
 * policy; it never overrides DANE, §2), RFC 8689 §4.2.1 (REQUIRETLS), §4.2.2 (TLS-Required: No).
 */
import type { RouteTls } from '../../domain/settings.ts';
import type { TlsPolicyType, TlsResult } from '../../domain/tls.ts';
import type { StsPolicy } from './mta-sts.ts';

/** RFC 6698 §2.1. */
export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: Buffer;
}

/** What the DNS says of a server's certificate; `failed`: nothing that can be relied on. */
export type TlsaAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'records'; readonly base: string; readonly records: readonly TlsaRecord[] }
  | { readonly kind: 'failed'; readonly error: string };

/** `usual`: the route and the policies decide; `required`: REQUIRETLS; `waived`: TLS-Required: No. */
export type TlsNeed = 'usual' | 'required' | 'waived';

export interface TlsPlan {
  /** `required` and `implicit`: without TLS nothing is said. */
  readonly use: RouteTls;
  /** Nothing is said to a peer that did not prove to be who it should be. */
  readonly authenticate: boolean;
  readonly policy: TlsPolicyType;
  /** Name in SNI, and in the certificate; null: an address is dialled. */
  readonly peerName: string | null;
  /** Other names that a certificate under a DANE-TA record may bear (RFC 7672 §3.2.2). */
  readonly otherNames: readonly string[];
  /** Usable ones; where there are some, they judge instead of the authorities. */
  readonly tlsa: readonly TlsaRecord[];
  /** The name came by a way nobody can tamper with: configuration, DNSSEC, MTA-STS. */
  readonly nameTrusted: boolean;
  /** Who asks for it, for people. */
  readonly askedBy: string;
  /** What is wrong whatever the certificate says, and does not stop the mail. */
  readonly flaw: { readonly problem: string; readonly result: TlsResult } | null;
}

/** The server is not to be dialled at all. */
export interface TlsRefusal {
  readonly problem: string;
  readonly policy: TlsPolicyType;
  readonly result: TlsResult;
}

export interface PlanRequest {
  readonly tls: RouteTls;
  /** As the MX record, the route or the domain itself names it. */
  readonly name: string | null;
  /** Of the recipient, for direct MX; null for a smarthost. */
  readonly domain: string | null;
  /** The MX record was validated (RFC 7672 §2.2.1), or the name stands in the configuration. */
  readonly nameSecure: boolean;
  readonly sts: StsPolicy | null;
  readonly tlsa: TlsaAnswer;
  readonly need: TlsNeed;
}

export function planTls(request: PlanRequest): TlsPlan | TlsRefusal {
  const { tls, name, need } = request;
  if (need === 'waived') return routePlan(request);
  const { tlsa } = request;
  if (tls !== 'none' && tlsa.kind === 'failed') {
    // RFC 7672 §2.1.2: an answer that is missing or bogus may hide records; the server is passed over.
    return {
      problem: `${name ?? 'the host'}: ${tlsa.error}, so DANE can not be told to be absent`,
      policy: 'tlsa',
      result: 'dnssec-invalid',
    };
  }
  const usable = tlsa.kind === 'records' ? tlsa.records.filter(isUsable) : [];
  const plan = tls !== 'none' && tlsa.kind === 'records' && usable.length > 0 ? danePlan(request, tlsa.base, usable) : stsPlan(request);
  if ('result' in plan) return plan;
  const strict = tls !== 'none' && tlsa.kind === 'records' && usable.length === 0 ? unusablePlan(plan) : plan;
  return need === 'required' ? requiredPlan(strict) : strict;
}

/** RFC 7672 §3.1.3: PKIX-TA and PKIX-EE are of no use to a mail server; RFC 6698 §2.1 has no other values. */
function isUsable({ usage, selector, matchingType, data }: TlsaRecord): boolean {
  return (usage === 2 || usage === 3) && (selector === 0 || selector === 1) && DIGEST_LENGTHS[matchingType]?.(data.length) === true;
}

const DIGEST_LENGTHS: Readonly<Record<number, (octets: number) => boolean>> = {
  0: (octets) => octets > 0,
  1: (octets) => octets === 32,
  2: (octets) => octets === 64,
};

function routePlan({ tls, name, nameSecure }: PlanRequest): TlsPlan {
  return {
    use: tls,
    authenticate: tls === 'required' || tls === 'implicit',
    policy: 'no-policy-found',
    peerName: name,
    otherNames: [],
    tlsa: [],
    nameTrusted: nameSecure,
    askedBy: 'the route requires TLS',
    flaw: null,
  };
}

function danePlan(request: PlanRequest, base: string, tlsa: readonly TlsaRecord[]): TlsPlan {
  const names = [request.name, request.domain].filter((name): name is string => name !== null && name !== base);
  return {
    ...routePlan(request),
    use: mandatory(request.tls),
    authenticate: true,
    policy: 'tlsa',
    peerName: base,
    otherNames: names,
    tlsa,
    nameTrusted: true,
    askedBy: 'its TLSA records require TLS (DANE)',
  };
}

/** RFC 7672 §2.2: TLSA records of which none is usable still oblige to TLS, unauthenticated. */
function unusablePlan(plan: TlsPlan): TlsPlan {
  if (plan.authenticate) return plan;
  const flaw = { problem: 'none of its TLSA records is usable', result: 'tlsa-invalid' } as const;
  return { ...plan, use: mandatory(plan.use), policy: 'tlsa', askedBy: 'its TLSA records require TLS (DANE)', flaw };
}

/** RFC 8461 §4: the name has to be one of the policy's, and the certificate has to hold for it. */
function stsPlan(request: PlanRequest): TlsPlan | TlsRefusal {
  const { sts, name, tls } = request;
  const plan = routePlan(request);
  if (sts === null || sts.mode === 'none' || tls === 'none') return plan;
  const named = name !== null && sts.mx.some((pattern) => matchesMx(pattern, name));
  if (!named) {
    const problem = `${name ?? 'an address'} is no MX of the domain's MTA-STS policy`;
    if (sts.mode === 'enforce') return { problem, policy: 'sts', result: 'validation-failure' };
    return { ...plan, policy: 'sts', flaw: { problem, result: 'validation-failure' } };
  }
  // §5: in testing mode what fails is counted, and the mail goes out.
  if (sts.mode === 'testing') return { ...plan, policy: 'sts', nameTrusted: true };
  const askedBy = "the domain's MTA-STS policy requires TLS";
  return { ...plan, use: mandatory(tls), authenticate: true, policy: 'sts', nameTrusted: true, askedBy };
}

/** RFC 8461 §4.1: a wildcard stands for the left-most label, and for one label alone. */
export function matchesMx(pattern: string, name: string): boolean {
  const host = name.replace(/\.$/, '').toLowerCase();
  return pattern.startsWith('*.') ? host.slice(host.indexOf('.') + 1) === pattern.slice(2) && host.includes('.') : host === pattern;
}

/** RFC 8689 §4.2.1, steps 2 and 4. */
function requiredPlan(plan: TlsPlan): TlsPlan | TlsRefusal {
  if (!plan.nameTrusted) {
    const problem = `REQUIRETLS: ${plan.peerName ?? 'the host'} is named by neither DNSSEC nor an MTA-STS policy`;
    return { problem, policy: plan.policy, result: 'validation-failure' };
  }
  return { ...plan, use: mandatory(plan.use), authenticate: true, askedBy: 'the sender requires TLS (REQUIRETLS)' };
}

function mandatory(tls: RouteTls): RouteTls {
  return tls === 'implicit' ? 'implicit' : 'required';
}
