/**
 * Fetches the text of a domain's MTA-STS policy from its policy host.
 *
 * Upstream: mta-sts.ts. Downstream: HTTPS. Standards: RFC 8461 §3.2 (where it lies, its media type),
 * §3.3 (the certificate has to hold for `mta-sts.<domain>`; no redirects; a deadline; a bound on the
 * size). Failure: StsFailure, which says whether certificate, host or answer was at fault.
 */
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { MailResolver } from './dns.ts';
import { type FetchStsPolicy, StsFailure } from './mta-sts.ts';

export interface PolicyHostOptions {
  readonly resolver: Pick<MailResolver, 'resolve4' | 'resolve6'>;
  /** 443, but in tests. */
  readonly port?: number;
  /** PEM of authorities to trust in place of the system's. */
  readonly ca?: string;
}

/** §3.3 suggests 64 kilobytes. */
const SIZE_LIMIT = 64 * 1024;
/** An answer is asked for at leisure, but the first mail to a domain waits for it. */
const DEADLINE = 20_000;

export function policyHost({ resolver, port = 443, ca }: PolicyHostOptions): FetchStsPolicy {
  const lookup = lookupBy(resolver);
  return (domain, given) =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.any([given, AbortSignal.timeout(DEADLINE)]);
      const host = `mta-sts.${domain}`;
      const fail = (result: 'sts-policy-fetch-error' | 'sts-webpki-invalid', why: string): void => {
        asked.destroy();
        reject(new StsFailure(result, `${host}: ${why}`));
      };
      const asked = request({
        host,
        port,
        path: '/.well-known/mta-sts.txt',
        servername: host,
        // A connection of its own: nothing of a session before it vouches for the certificate.
        agent: false,
        // Nothing is decoded (docs of `accept-encoding`): what comes encoded is no policy.
        headers: { accept: 'text/plain', 'accept-encoding': 'identity', 'user-agent': 'relais' },
        lookup,
        signal,
        ...(ca === undefined ? {} : { ca }),
      });
      asked.on('error', (error: NodeJS.ErrnoException) => {
        const why = signal.aborted ? 'no answer in time' : error.message;
        fail(isCertificateFault(error.code ?? '') ? 'sts-webpki-invalid' : 'sts-policy-fetch-error', why);
      });
      asked.on('response', (response) => {
        // §3.3: redirects are not followed; anything but 200 is no policy.
        if (response.statusCode !== 200) return fail('sts-policy-fetch-error', `answers ${response.statusCode}`);
        if (!/^text\/plain\b/i.test(response.headers['content-type'] ?? ''))
          return fail('sts-policy-fetch-error', 'its answer is no text/plain');
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > SIZE_LIMIT) fail('sts-policy-fetch-error', `answers with more than ${SIZE_LIMIT} octets`);
          else chunks.push(chunk);
        });
        response.on('error', (error) => fail('sts-policy-fetch-error', error.message));
        response.on('end', () => {
          if (response.complete) resolve(Buffer.concat(chunks).toString('utf8'));
        });
      });
      asked.end();
    });
}

/** OpenSSL's codes, and Node.js's for a name that does not fit. */
function isCertificateFault(code: string): boolean {
  return /^(?:ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/.test(code);
}

/** The policy host is found by the resolvers that the mail hosts are found by. */
function lookupBy({ resolve4, resolve6 }: PolicyHostOptions['resolver']): LookupFunction {
  return (host, _options, callback) => {
    const both = Promise.allSettled([resolve4(host), resolve6(host)]);
    void both.then(([four, six]) => {
      const v4 = four.status === 'fulfilled' ? four.value.records.map((address) => ({ address, family: 4 })) : [];
      const v6 = six.status === 'fulfilled' ? six.value.records.map((address) => ({ address, family: 6 })) : [];
      const found = [...v4, ...v6];
      const [first] = found;
      if (first === undefined) callback(Object.assign(new Error('has no address'), { code: 'ENOTFOUND' }), []);
      else if (_options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}
