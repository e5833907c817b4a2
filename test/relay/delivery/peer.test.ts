import type { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkTlsa } from '../../../src/relay/delivery/peer.ts';
import { authority, selfSigned, signedBy, type TestCertificate } from '../../support/certificates.ts';
import { certificatesOf, tlsaRecord } from './transport.ts';

let ca: TestCertificate;
let stranger: TestCertificate;
let chain: readonly X509Certificate[];
let expired: readonly X509Certificate[];
let self: TestCertificate;
beforeAll(async () => {
  [ca, stranger, self] = await Promise.all([authority('A'), authority('B'), selfSigned('mx.example')]);
  chain = certificatesOf(await signedBy(ca, 'mx.example'));
  expired = certificatesOf(await signedBy(ca, 'mx.example', { expired: true }));
});

function check(
  shown: readonly X509Certificate[],
  record: ReturnType<typeof tlsaRecord>,
  peerName = 'mx.example',
  otherNames: string[] = [],
) {
  return checkTlsa(shown, { tlsa: [record], peerName, otherNames }, Date.now())?.result ?? 'holds';
}

const pem = (certificate: X509Certificate | undefined): string => certificate?.toString() ?? '';

describe('a certificate against TLSA records', () => {
  for (const usage of [2, 3]) {
    for (const selector of [0, 1]) {
      for (const matchingType of [0, 1, 2]) {
        it(`${usage} ${selector} ${matchingType}: holds, and does not for another`, () => {
          const right = usage === 3 ? pem(chain[0]) : ca.certificate;
          expect(check(chain, tlsaRecord(usage, selector, matchingType, right))).toBe('holds');
          expect(check(chain, tlsaRecord(usage, selector, matchingType, stranger.certificate))).not.toBe('holds');
        });
      }
    }
  }

  it('DANE-EE asks for neither name nor time (RFC 7672 §3.1.1)', () => {
    expect(check(expired, tlsaRecord(3, 1, 1, pem(expired[0])), 'elsewhere.example')).toBe('holds');
  });

  it('DANE-TA asks for name and time, and takes the domain for a name (RFC 7672 §3.2.2)', () => {
    const record = tlsaRecord(2, 0, 1, ca.certificate);
    expect(check(expired, record)).toBe('certificate-expired');
    expect(check(chain, record, 'elsewhere.example')).toBe('certificate-host-mismatch');
    expect(check(chain, record, 'elsewhere.example', ['mx.example'])).toBe('holds');
  });

  it('DANE-TA holds for no leaf, and an authority given in full need not be sent', () => {
    const alone = certificatesOf(self);
    expect(check(alone, tlsaRecord(2, 1, 1, self.certificate))).toBe('validation-failure');
    expect(check(chain.slice(0, 1), tlsaRecord(2, 0, 0, ca.certificate))).toBe('holds');
    expect(check(chain.slice(0, 1), tlsaRecord(2, 0, 1, ca.certificate))).toBe('validation-failure');
  });

  it('a chain whose authority did not sign does not hold', () => {
    const [leaf] = chain;
    const forged = [leaf, ...certificatesOf(stranger)].filter((one) => one !== undefined);
    expect(check(forged, tlsaRecord(2, 1, 1, stranger.certificate))).toBe('certificate-not-trusted');
    expect(check([], tlsaRecord(3, 1, 1, ca.certificate))).toBe('validation-failure');
  });
});
