/** What a look at the DNS found, as a code with its values, and the English sentence for it. Pure. */

/** Each code with the values that it comes with. */
export interface DnsFindings {
  unanswered: { name: string; error: string };
  'dkim-ok': { name: string; type: string };
  'dkim-missing': { name: string; publish: string };
  'dkim-several': { name: string; count: number };
  'dkim-version': { name: string; version: string; publish: string };
  'dkim-no-key': { name: string; publish: string };
  'dkim-revoked': { name: string; publish: string };
  'dkim-type': { name: string; type: string; expected: string; publish: string };
  'dkim-other-key': { name: string; publish: string };
  'dkim-hash': { name: string; publish: string };
  'dkim-service': { name: string; publish: string };
  'dkim-testing': { name: string };
  'spf-ok': { name: string; record: string };
  'spf-missing': { name: string };
  'spf-several': { name: string };
  'dmarc-ok': { name: string; record: string };
  'dmarc-missing': { name: string };
  'mx-ok': { name: string; hosts: string };
  'mx-missing': { name: string; hostname: string };
  'mx-other': { name: string; hosts: string; hostname: string };
  'ptr-ok': { name: string; hostname: string };
  'ptr-no-address': { name: string };
  'ptr-other': { name: string; hostname: string; names: string };
}

export type DnsCode = keyof DnsFindings;

/** A finding of any code, the values of its own with it. */
export type DnsFinding = { [C in DnsCode]: { readonly code: C; readonly values: Readonly<DnsFindings[C]> } }[DnsCode];

/** A sentence for each code, made of its values. */
export type DnsWords = { readonly [C in DnsCode]: (values: Readonly<DnsFindings[C]>) => string };

export const DNS_ENGLISH: DnsWords = {
  unanswered: ({ name, error }) => `${name} could not be looked up (${error}): try again, or see delivery.resolvers`,
  'dkim-ok': ({ name, type }) => `${name} is the configured key (${type})`,
  'dkim-missing': ({ name, publish }) => `${name} has no TXT record, so no signature holds; publish ${publish}`,
  'dkim-several': ({ name, count }) => `${name} has ${count} TXT records; leave the one of this key`,
  'dkim-version': ({ name, version, publish }) => `${name} holds version ${version}, not DKIM1; publish ${publish}`,
  'dkim-no-key': ({ name, publish }) => `${name} holds no key (p=); publish ${publish}`,
  'dkim-revoked': ({ name, publish }) => `${name} says that the key is revoked (p= is empty); publish ${publish}`,
  'dkim-type': ({ name, type, expected, publish }) =>
    `${name} is for a key of type ${type}, and the configured one is ${expected}; publish ${publish}`,
  'dkim-other-key': ({ name, publish }) => `${name} holds another key than the configured one; publish ${publish}`,
  'dkim-hash': ({ name, publish }) => `${name} does not allow sha256 (h=); publish ${publish}`,
  'dkim-service': ({ name, publish }) => `${name} is not for mail (s=); publish ${publish}`,
  'dkim-testing': ({ name }) => `${name} says that the domain is testing (t=y): take that out, verifiers need not care`,
  'spf-ok': ({ name, record }) => `${name} ${record}`,
  'spf-missing': ({ name }) =>
    `${name} has no SPF record (TXT, v=spf1 …): publish one that names the servers that send its mail, this relay or your provider`,
  'spf-several': ({ name }) => `${name} has more than one SPF record, which counts as an error: join them`,
  'dmarc-ok': ({ name, record }) => `${name} ${record}`,
  'dmarc-missing': ({ name }) => `${name} has no DMARC record: publish _dmarc.${name} TXT "v=DMARC1; p=none" to begin with`,
  'mx-ok': ({ name, hosts }) => `${name} ${hosts}`,
  'mx-missing': ({ name, hostname }) => `${name} (reports.domain) has no MX, so bounces do not come back; publish MX 10 ${hostname}.`,
  'mx-other': ({ name, hosts, hostname }) =>
    `the MX of ${name} (reports.domain) is ${hosts}, not ${hostname}: see that it hands bounces on to this relay`,
  'ptr-ok': ({ name, hostname }) => `${name} ${hostname}`,
  'ptr-no-address': ({ name }) => `${name} (hostname) has no address: many servers take no mail from a name that does not resolve`,
  'ptr-other': ({ name, hostname, names }) =>
    `${name}, an address of ${hostname}, points to ${names === '' ? 'nothing' : names}: have whoever gave you the address set it to ${hostname}`,
};

export function dnsSentence({ code, values }: DnsFinding, words: DnsWords = DNS_ENGLISH): string {
  // Each sentence takes the values of its code: the type of a finding ties the two together.
  return (words[code] as (values: DnsFinding['values']) => string)(values);
}
