/**
 * Whether the peer of a TLS session is who it should be: by TLSA records, or by the authorities the
 * route trusts. Judged after the handshake and before a word is said inside TLS.
 *
 * Upstream: smtp-client.ts. Standards: RFC 7672 §3.1 (DANE-EE and DANE-TA for SMTP), RFC 6698 §2.1
 * (selector, matching type), RFC 8461 §4.2 (certificate under a policy), RFC 8460 §4.3 (results).
 *
 * The path of a DANE-TA record is walked here, for Node.js offers no look into OpenSSL's: issuer,
 * signature, time, CA flag, key usage for servers, and name are checked; name constraints and path
 * lengths are not.
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { AttemptTls } from '../../domain/recipient.ts';
import type { TlsResult } from '../../domain/tls.ts';
import type { TlsaRecord, TlsPlan } from './tls-policy.ts';

export interface PeerVerdict {
  readonly tls: AttemptTls;
  readonly result: TlsResult;
  /** Why nothing is to be said to this peer; null: go on. */
  readonly refusal: string | null;
  /** Good enough for REQUIRETLS (RFC 8689 §4.2.1). */
  readonly trusted: boolean;
}

/** Why a certificate does not hold. */
interface Problem {
  readonly problem: string;
  readonly result: TlsResult;
}

const CHAIN_LIMIT = 10;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** `now`: Unix milliseconds. */
export function judgePeer(socket: TLSSocket, plan: TlsPlan, now: number): PeerVerdict {
  const dane = plan.tlsa.length > 0;
  const fault = dane ? checkTlsa(chainOf(socket), plan, now) : checkAuthorities(socket, plan);
  const found = fault ?? plan.flaw;
  const verifiedBy = fault !== null ? null : dane ? 'dane' : plan.policy === 'sts' && plan.flaw === null ? 'mta-sts' : 'ca';
  return {
    tls: {
      version: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher()?.name ?? 'unknown',
      verified: verifiedBy !== null,
      peerName: plan.peerName,
      verifiedBy,
      problem: found?.problem ?? null,
    },
    // Without a policy nobody asked for a certificate: TLS itself is the success (RFC 7435 §3).
    result: plan.policy === 'no-policy-found' && !plan.authenticate ? 'success' : (found?.result ?? 'success'),
    refusal: fault !== null && plan.authenticate ? `${plan.askedBy}, and ${fault.problem}` : null,
    trusted: verifiedBy !== null && plan.nameTrusted,
  };
}

// ── Authorities ──

function checkAuthorities(socket: TLSSocket, plan: TlsPlan): Problem | null {
  if (!socket.authorized) return problemOf(socket.authorizationError, plan.peerName);
  // RFC 8461 §4.2: by a DNS name in the subjectAltName; a common name alone does not do.
  if (plan.policy === 'sts' && !/\bDNS:/.test(socket.getPeerX509Certificate()?.subjectAltName ?? '')) {
    return { problem: 'the certificate has no subjectAltName', result: 'certificate-host-mismatch' };
  }
  return null;
}

const PROBLEMS: Readonly<Record<string, Problem>> = {
  CERT_HAS_EXPIRED: { problem: 'the certificate has expired', result: 'certificate-expired' },
  CERT_NOT_YET_VALID: { problem: 'the certificate is not valid yet', result: 'validation-failure' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { problem: 'the certificate is self-signed', result: 'certificate-not-trusted' },
  SELF_SIGNED_CERT_IN_CHAIN: { problem: 'the certificate leads to an authority that is not trusted', result: 'certificate-not-trusted' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { problem: 'no trusted authority vouches for the certificate', result: 'certificate-not-trusted' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { problem: 'no trusted authority vouches for the certificate', result: 'certificate-not-trusted' },
};

/** Quirk of Node.js: `authorizationError` is declared an Error, and is OpenSSL's code as text. */
function problemOf(error: unknown, name: string | null): Problem {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { problem: `the certificate is not for ${name ?? 'this address'}`, result: 'certificate-host-mismatch' };
  }
  return PROBLEMS[code] ?? { problem: `the certificate does not hold (${code})`, result: 'certificate-not-trusted' };
}

// ── TLSA records ──

/** Leaf first, each with its issuer behind it, as far as the peer sent them. */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  // Quirk of Node.js: without a certificate an empty object; the last one, self-signed, is its own issuer.
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < CHAIN_LIMIT && chain.at(-1)?.raw.equals(next.raw) !== true) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}

/** Null: one of the records vouches for the peer. */
export function checkTlsa(
  chain: readonly X509Certificate[],
  plan: Pick<TlsPlan, 'tlsa' | 'peerName' | 'otherNames'>,
  now: number,
): Problem | null {
  const [leaf] = chain;
  if (leaf === undefined) return { problem: 'it showed no certificate', result: 'validation-failure' };
  let best: Problem = { problem: 'its certificate matches none of its TLSA records', result: 'validation-failure' };
  for (const record of plan.tlsa) {
    // RFC 7672 §3.1.1: DANE-EE binds the key; neither name nor time of the certificate count.
    if (record.usage === 3) {
      if (matches(record, leaf)) return null;
      continue;
    }
    const path = pathTo(record, chain);
    if (path === undefined) continue;
    const problem = checkPath(path, plan, now);
    if (problem === null) return null;
    best = problem;
  }
  return best;
}

/** From the leaf to the authority that the record names; an authority given in full need not be sent. */
function pathTo(record: TlsaRecord, chain: readonly X509Certificate[]): readonly X509Certificate[] | undefined {
  const depth = chain.findIndex((certificate, i) => i > 0 && matches(record, certificate));
  if (depth > 0) return chain.slice(0, depth + 1);
  if (record.selector !== 0 || record.matchingType !== 0) return undefined;
  const authority = parse(record.data);
  const last = chain.findIndex((certificate) => authority !== undefined && certificate.checkIssued(authority));
  return authority === undefined || last < 0 ? undefined : [...chain.slice(0, last + 1), authority];
}

function parse(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

/** RFC 6698 §2.1.2 and §2.1.3. */
function matches({ selector, matchingType, data }: TlsaRecord, certificate: X509Certificate): boolean {
  const octets = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const shown =
    matchingType === 0
      ? octets
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(octets)
          .digest();
  return shown.equals(data);
}

function checkPath(path: readonly X509Certificate[], plan: Pick<TlsPlan, 'peerName' | 'otherNames'>, now: number): Problem | null {
  for (const [i, certificate] of path.entries()) {
    if (now > Date.parse(certificate.validTo)) return { problem: 'a certificate of its chain has expired', result: 'certificate-expired' };
    if (now < Date.parse(certificate.validFrom)) {
      return { problem: 'a certificate of its chain is not valid yet', result: 'validation-failure' };
    }
    const issuer = path[i + 1];
    if (issuer !== undefined && !(issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) {
      return { problem: 'its chain does not lead to the authority of its TLSA record', result: 'certificate-not-trusted' };
    }
  }
  const [leaf] = path;
  // The extended key usage, where there is one, under the name Node.js has for it.
  const usages: readonly string[] | undefined = leaf?.keyUsage;
  if (usages !== undefined && !usages.includes(SERVER_AUTH) && !usages.includes(ANY_USAGE)) {
    return { problem: 'its certificate is not one for servers', result: 'certificate-not-trusted' };
  }
  // RFC 7672 §3.2.2: the name of the TLSA records, or the domain.
  const names = [plan.peerName, ...plan.otherNames].filter((name) => name !== null);
  if (names.some((name) => leaf?.checkHost(name, { partialWildcards: false }) !== undefined)) return null;
  return { problem: `the certificate is not for ${names.join(' or ')}`, result: 'certificate-host-mismatch' };
}
