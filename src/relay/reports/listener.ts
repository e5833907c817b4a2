/**
 * The report listener: SMTP for the addresses of the report domain, and for nothing else.
 *
 *   upstream    mail servers that bounce, complain or answer, on port 25; no AUTH
 *   downstream  intake.ts
 *   standards   RFC 5321; postmaster without a domain is taken, §4.5.1
 *   failure     250 only once the report is durable for each of its recipients; 451 when it could
 *               not be recorded
 *
 * Taken are addresses in the shape of a token, be it forged or expired (that is for the review
 * list, R46), and `postmaster` and `bounces`. Nothing is ever relayed.
 */
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { Log } from '../../domain/log.ts';
import { DEFAULT_REPORT_LIMITS, type ReportSettings } from '../../domain/settings.ts';
import { verifyToken } from '../../domain/tokens.ts';
import type { Intake } from './intake.ts';
import { loopOf } from './loops.ts';
import { createRateGate } from './rate-gate.ts';
import type { RightOfWay } from './right-of-way.ts';
import { type ListenerLimits, type Refusal, ReportServer, type ReportServerOptions } from './smtp.ts';
import type { ReportTally } from './tally.ts';

export interface ReportListenerOptions {
  readonly settings: ReportSettings;
  readonly hostname: string;
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly intake: Intake;
  readonly rightOfWay: Pick<RightOfWay, 'pass'>;
  readonly tally: Pick<ReportTally, 'refused'>;
  readonly now: () => number;
  readonly log: Log;
  readonly limits?: Partial<ListenerLimits>;
}

export interface ReportListener {
  readonly addresses: readonly { readonly address: string; readonly port: number }[];
  /** All listeners take connections. */
  readonly up: boolean;
  /** Takes no more, and waits `graceMs` for reports that are arriving. */
  stop(graceMs: number): Promise<void>;
}

const MINUTE = 60_000;

function limitsOf(settings: ReportSettings, own: Partial<ListenerLimits> = {}): ListenerLimits {
  return {
    messageSize: settings.messageSize,
    recipients: 50,
    connections: 100,
    connectionsPerAddress: 20,
    idle: 2 * MINUTE,
    data: 10 * MINUTE,
    session: 60 * MINUTE,
    arriving: Math.max(64 * 1024 * 1024, 2 * settings.messageSize),
    ...own,
  };
}

/** Starts it; without a report domain there is nothing to listen for. */
export async function startReportListener(options: ReportListenerOptions): Promise<ReportListener> {
  const { settings, hostname, tls, intake, rightOfWay, log } = options;
  const { domain } = settings;
  const servers: ReportServer[] = [];
  const gates = gatesOf(options);
  const addresses: { address: string; port: number }[] = [];
  const stop = async (graceMs: number): Promise<void> => {
    await Promise.all(servers.map((server) => server.shutDown(graceMs)));
  };
  try {
    for (const { address, port } of domain === null ? [] : settings.listeners) {
      const server = new ReportServer({
        hostname,
        tls,
        limits: limitsOf(settings, options.limits),
        log,
        ...gates,
        turn: () => rightOfWay.pass(),
        onReport: async (raw, recipients, client) => {
          const said: string[] = [];
          for (const to of recipients) {
            const { report, counted } = await intake.take({ raw, to, via: 'smtp', source: client });
            said.push(counted === true ? 'counted, one of many automatic replies' : `Recorded as ${report.id}`);
          }
          return `2.0.0 ${said.join(', ')}`;
        },
      });
      servers.push(server);
      addresses.push(await server.open(address, port));
    }
  } catch (error) {
    await stop(0);
    throw error;
  }
  return {
    addresses,
    get up() {
      return servers.every(({ server }) => server.listening);
    },
    stop,
  };
}

/**
 * What is not taken, or not now. The limits are for all listeners together. Who is over them is told
 * to come again (RFC 5321 §4.2.1), so that a report that is one of many is late and not lost.
 */
function gatesOf({
  settings,
  hostname,
  tally,
  now,
}: ReportListenerOptions): Pick<ReportServerOptions, 'refuseClient' | 'refuseRecipient' | 'refuseReport'> {
  const { perAddress, perMessage } = settings.limits ?? DEFAULT_REPORT_LIMITS;
  const [byAddress, byMessage] = [createRateGate(perAddress), createRateGate(perMessage)];
  return {
    refuseClient: (client) => {
      if (byAddress.pass(networkOf(client), now())) return null;
      tally.refused('address');
      return { code: 450, text: '4.7.1 Too many reports from your address, try again later' };
    },
    refuseRecipient: (recipient) => {
      const refusal = refuseRecipient(recipient, settings.domain ?? '');
      const message = refusal === null ? messageOf(recipient) : null;
      if (message === null || byMessage.pass(message, now())) return refusal;
      tally.refused('message');
      return { code: 450, text: '4.7.1 Too many reports for this message, try again later' };
    },
    refuseReport: (raw) => {
      const loop = loopOf(raw, hostname);
      if (loop === null) return null;
      tally.refused('loop');
      return { code: 554, text: `5.4.6 ${loop}` };
    },
  };
}

/** A client of IPv6 has at least 2^64 addresses. */
function networkOf(client: string): string {
  if (!client.includes(':')) return client;
  const address = ipaddr.parse(client);
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).join(':') : client;
}

/** The message that a return path claims to be of, whether it is or not; null: none. */
function messageOf(recipient: string): string | null {
  const token = verifyToken(recipient.slice(0, Math.max(0, recipient.lastIndexOf('@'))), [], { now: 0, lifetime: 0 });
  return token.ok ? token.subject.message : (token.claimed?.message ?? null);
}

/** Null: it is one of ours. */
export function refuseRecipient(recipient: string, domain: string): Refusal | null {
  const at = recipient.lastIndexOf('@');
  const localPart = (at === -1 ? recipient : recipient.slice(0, at)).toLowerCase();
  if (at === -1 && localPart === 'postmaster') return null;
  if (domainToASCII(recipient.slice(at + 1)) !== domainToASCII(domain)) return { code: 550, text: '5.7.1 Relaying denied: reports only' };
  if (localPart === 'postmaster' || localPart === 'bounces') return null;
  const token = verifyToken(localPart, [], { now: 0, lifetime: 0 });
  return !token.ok && token.reason === 'no-token' ? { code: 550, text: '5.1.1 No such return path here' } : null;
}
