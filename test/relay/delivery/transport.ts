/** A relay that delivers by MX to fake hops over fake DNS: for the tests of MTA-STS, DANE and REQUIRETLS. */
import { createHash, X509Certificate } from 'node:crypto';
import type { MxRoute } from '../../../src/domain/settings.ts';
import type { TlsSession } from '../../../src/domain/tls.ts';
import type { DeliveryOptions } from '../../../src/relay/delivery/index.ts';
import type { TestCertificate } from '../../support/certificates.ts';
import { type FakeDns, type FakeTlsa, type FakeZone, startFakeDns } from '../../support/fake-dns.ts';
import { type FakeHop, type FakeHopOptions, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, mxRoute, type NewMessage, settings, startHarness } from './harness.ts';

export interface Transport {
  readonly relay: Harness;
  readonly dns: FakeDns;
  readonly hop: FakeHop;
  /** As /metrics counts them: `policy result`. */
  readonly sessions: string[];
}

export interface TransportOptions {
  readonly hop: FakeHopOptions;
  /** Zones by the port that the hops listen on. */
  readonly zones: (port: number) => Readonly<Record<string, FakeZone>>;
  readonly route?: Partial<MxRoute>;
  readonly dnssec?: boolean;
  readonly delivery?: Partial<DeliveryOptions>;
}

export async function startTransport(options: TransportOptions, open: { stop(): Promise<void> }[]): Promise<Transport> {
  const hop = await startFakeHop(options.hop);
  const dns = await startFakeDns(options.zones(hop.port));
  const relay = await startHarness([mxRoute(hop.port, options.route)], {
    settings: settings({ resolvers: [dns.server], dnssec: options.dnssec === true }),
    ...options.delivery,
  });
  const sessions: string[] = [];
  relay.delivery.onTlsSession = ({ policy, result }: TlsSession) => sessions.push(`${policy} ${result}`);
  open.push(hop, dns, relay);
  return { relay, dns, hop, sessions };
}

/** Sends one message; gives the recipient and its only attempt. */
export async function sendOne({ relay }: Pick<Transport, 'relay'>, message: Partial<NewMessage> = {}) {
  const id = await relay.accept({ to: ['ann@example.net'], ...message });
  const [recipient] = (await relay.settled(id)).recipients;
  const attempt = recipient?.attemptList[0];
  if (recipient === undefined || attempt === undefined) throw new Error('no attempt');
  return { id, recipient, attempt };
}

/** TLSA `usage 1 1`: of the key, by SHA-256. */
export function keyRecord(usage: number, certificate: string): FakeTlsa {
  return tlsaRecord(usage, 1, 1, certificate);
}

export function tlsaRecord(usage: number, selector: number, matchingType: number, certificate: string): FakeTlsa {
  const parsed = new X509Certificate(certificate);
  const octets = selector === 0 ? parsed.raw : parsed.publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = matchingType === 1 ? 'sha256' : 'sha512';
  return { usage, selector, matchingType, data: matchingType === 0 ? octets : createHash(algorithm).update(octets).digest() };
}

/** R16: neither envelope nor message in anything that the hop read. */
export function saidNothing(hop: FakeHop): boolean {
  return hop.messages.length === 0 && hop.transcripts.every((text) => !/MAIL FROM|find it attached/.test(text));
}

/** The certificates of a chain, each on its own. */
export function certificatesOf({ certificate }: TestCertificate): readonly X509Certificate[] {
  return (certificate.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
}
