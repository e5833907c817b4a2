/** How a session with a next hop was secured, and under which policy: in RFC 8460's words. Pure. */

/** RFC 8460 §4.4, policy-type: whose rule the session was under. */
export type TlsPolicyType = 'no-policy-found' | 'sts' | 'tlsa';

/** RFC 8460 §4.3, what became of it. `dane-required` is left out: no configuration requires DANE of everybody. */
export const TLS_RESULTS = [
  'success',
  'starttls-not-supported',
  'certificate-host-mismatch',
  'certificate-expired',
  'certificate-not-trusted',
  'validation-failure',
  'tlsa-invalid',
  'dnssec-invalid',
  'sts-policy-fetch-error',
  'sts-policy-invalid',
  'sts-webpki-invalid',
] as const;
export type TlsResult = (typeof TLS_RESULTS)[number];

/** One session, or one policy that could not be had; counted for /metrics. */
export interface TlsSession {
  readonly policy: TlsPolicyType;
  readonly result: TlsResult;
}

/** What vouches for the peer: TLSA records, an MTA-STS policy with a certificate, or a certificate alone. */
export type VerifiedBy = 'dane' | 'mta-sts' | 'ca';
