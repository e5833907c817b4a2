/**
 * MTA-STS: what a domain says of its mail hosts, over HTTPS, and that it holds until it runs out.
 *
 * Upstream: sessions.ts, once a connection. Downstream: the DNS (TXT at `_mta-sts`), the domain's
 * policy host, and the store, so that a policy outlives a restart. Standards: RFC 8461 §3.1 (the
 * record), §3.2 (the policy), §3.3 (fetching it), §4.1 (which hosts it names), §5.1 (its life).
 *
 * Failure: a policy that is known keeps holding while it can not be fetched anew. Without one, a
 * fetch that fails leaves the domain without a policy for some minutes: that is the standard, which
 * trusts on first use. Each failure is counted.
 */
import type { Log } from '../../domain/log.ts';
import type { Collection, MtaStsPolicyRecord } from '../../domain/ports.ts';
import type { TlsResult, TlsSession } from '../../domain/tls.ts';
import type { MailResolver } from './dns.ts';

export interface StsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  /** Host names and `*.` patterns, lower case. */
  readonly mx: readonly string[];
  /** Milliseconds. */
  readonly maxAge: number;
}

/** A policy that could not be had. */
export class StsFailure extends Error {
  override readonly name = 'StsFailure';
  readonly result: TlsResult;
  constructor(result: 'sts-policy-fetch-error' | 'sts-policy-invalid' | 'sts-webpki-invalid', message: string) {
    super(message);
    this.result = result;
  }
}

/** Gives the text of `https://mta-sts.<domain>/.well-known/mta-sts.txt`; rejects with StsFailure. */
export type FetchStsPolicy = (domain: string, signal: AbortSignal) => Promise<string>;

export interface StsPolicies {
  /** What holds for mail to the domain now; null: nothing. Never rejects. */
  policyOf(domain: string): Promise<StsPolicy | null>;
  stop(): void;
}

export interface StsOptions {
  readonly resolver: Pick<MailResolver, 'resolveTxt'>;
  readonly fetch: FetchStsPolicy;
  readonly store: Collection<MtaStsPolicyRecord>;
  readonly now: () => number;
  readonly log: Log;
  readonly onTls: (session: TlsSession) => void;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** RFC 8461 §3.2: 31557600 seconds at most. */
const MAX_AGE_LIMIT = 31_557_600;
/** How long a look at the record holds; also the least time between two fetches (§3.3). */
const CHECK_EVERY = 5 * MINUTE;
/** A policy is fetched anew at this age, or at half of its life, that it may not run out (§3.3). */
const RENEW_AFTER = DAY;
const SWEEP_EVERY = 60 * MINUTE;
const SWEEP_LIMIT = 200;
/** Domains that got no mail for so long are let run out. */
const USE_MEMORY = 30 * DAY;
const DOMAIN_LIMIT = 20_000;

// ── Record and policy ──

/** The id of the one record that is a policy's; undefined: none, or more than one (§3.1). */
export function stsRecordId(records: readonly string[]): string | undefined {
  const found = records.filter((text) => /^v=STSv1[ \t]*(?:;|$)/.test(text));
  const [text, ...others] = found;
  if (text === undefined || others.length > 0) return undefined;
  const id = /;[ \t]*id[ \t]*=[ \t]*([A-Za-z0-9]{1,32})[ \t]*(?:;|$)/.exec(text);
  return id?.[1];
}

const MX_PATTERN = /^(?:\*\.)?(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Throws StsFailure where it is no policy (§3.2). Unknown fields are left alone. */
export function parseStsPolicy(text: string): StsPolicy {
  const fields = new Map<string, string>();
  const mx: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^[ \t]*([A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === 'mx') mx.push(value.toLowerCase());
    else if (name !== '' && !fields.has(name)) fields.set(name, value);
  }
  const invalid = (what: string): StsFailure => new StsFailure('sts-policy-invalid', `the MTA-STS policy ${what}`);
  if (fields.get('version') !== 'STSv1') throw invalid('is not of version STSv1');
  const mode = fields.get('mode');
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') throw invalid('has no mode that is known');
  const age = fields.get('max_age') ?? '';
  if (!/^\d{1,10}$/.test(age)) throw invalid('has no max_age');
  if (mode !== 'none' && mx.length === 0) throw invalid('names no mx');
  const wrong = mx.find((pattern) => !MX_PATTERN.test(pattern));
  if (wrong !== undefined) throw invalid('has an mx that is no host name');
  return { mode, mx, maxAge: Math.min(Number(age), MAX_AGE_LIMIT) * 1000 };
}

// ── What is known ──

interface Known {
  policy: MtaStsPolicyRecord | null;
  /** Until then what is known is taken for right. */
  checkedUntil: number;
  usedAt: number;
  running: Promise<void> | null;
}

export function createStsPolicies(options: StsOptions): StsPolicies {
  return new Policies(options);
}

class Policies implements StsPolicies {
  readonly #o: StsOptions;
  readonly #known = new Map<string, Known>();
  readonly #stopped = new AbortController();
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: StsOptions) {
    this.#o = options;
    this.#sweeper = setInterval(() => void this.#sweep(), SWEEP_EVERY);
    this.#sweeper.unref();
  }

  async policyOf(domain: string): Promise<StsPolicy | null> {
    const known = this.#known.get(domain) ?? (await this.#recall(domain));
    const now = this.#o.now();
    known.usedAt = now;
    if (now >= known.checkedUntil) {
      const running = this.#check(domain, known);
      // What is known holds while it is looked whether it changed; only the first mail waits.
      if (this.#valid(known) === null) await running;
    }
    return this.#valid(known);
  }

  stop(): void {
    clearInterval(this.#sweeper);
    this.#stopped.abort(new Error('relais stopped'));
  }

  #valid({ policy }: Known): MtaStsPolicyRecord | null {
    return policy !== null && this.#o.now() < policy.fetchedAt + policy.maxAge ? policy : null;
  }

  /** From the store; a first sight of the domain otherwise. */
  async #recall(domain: string): Promise<Known> {
    const policy = (await this.#o.store.get(domain).catch(() => undefined)) ?? null;
    const raced = this.#known.get(domain);
    if (raced !== undefined) return raced;
    const known: Known = { policy, checkedUntil: 0, usedAt: 0, running: null };
    this.#known.set(domain, known);
    if (this.#known.size > DOMAIN_LIMIT) this.#known.delete(this.#known.keys().next().value ?? domain);
    return known;
  }

  #check(domain: string, known: Known): Promise<void> {
    known.running ??= this.#look(domain, known).finally(() => {
      known.running = null;
      known.checkedUntil = this.#o.now() + CHECK_EVERY;
    });
    return known.running;
  }

  async #look(domain: string, known: Known): Promise<void> {
    const id = await this.#recordId(domain);
    // §5.1: without a record, or without an answer, a policy that is known goes on holding.
    if (id === undefined) return;
    const { policy } = known;
    if (policy !== null && policy.id === id && !this.#isDue(policy)) return;
    try {
      const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(MINUTE)]);
      const fetched = parseStsPolicy(await this.#o.fetch(domain, signal));
      known.policy = { ...fetched, id, fetchedAt: this.#o.now() };
      await this.#remember(domain, known.policy);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      const result = error instanceof StsFailure ? error.result : 'sts-policy-fetch-error';
      this.#o.onTls({ policy: 'sts', result });
      const kept = this.#valid(known) !== null;
      const reason = error instanceof Error ? error.message : String(error);
      this.#o.log.warn({ domain, reason, kept }, 'no MTA-STS policy could be had from a domain that has one');
    }
  }

  async #recordId(domain: string): Promise<string | undefined> {
    try {
      return stsRecordId((await this.#o.resolver.resolveTxt(`_mta-sts.${domain}`)).records);
    } catch {
      return undefined;
    }
  }

  #isDue(policy: MtaStsPolicyRecord): boolean {
    return this.#o.now() - policy.fetchedAt >= Math.min(RENEW_AFTER, policy.maxAge / 2);
  }

  /** What can not be written holds until the next start. */
  async #remember(domain: string, policy: MtaStsPolicyRecord): Promise<void> {
    try {
      if (policy.mode === 'none') await this.#o.store.delete(domain);
      else await this.#o.store.put(domain, policy);
    } catch (error) {
      this.#o.log.warn({ err: error, domain }, 'an MTA-STS policy could not be recorded');
    }
  }

  /** Renews what is in use before it runs out, and forgets what ran out. */
  async #sweep(): Promise<void> {
    const now = this.#o.now();
    const due: [string, Known][] = [];
    for (const [domain, known] of this.#known) {
      const policy = this.#valid(known);
      if (policy === null) {
        if (now >= known.checkedUntil && known.running === null) this.#known.delete(domain);
      } else if (this.#isDue(policy) && now - known.usedAt < USE_MEMORY) due.push([domain, known]);
    }
    for (const [domain, known] of due.slice(0, SWEEP_LIMIT)) {
      if (this.#stopped.signal.aborted) return;
      await this.#check(domain, known);
    }
    await this.#forgetStored(now).catch(() => undefined);
  }

  async #forgetStored(now: number): Promise<void> {
    for (const { name, value } of await this.#o.store.list()) {
      if (now >= value.fetchedAt + value.maxAge && !this.#stopped.signal.aborted) await this.#o.store.delete(name);
    }
  }
}
