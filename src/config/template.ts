/**
 * The commented configuration file that `relais init` writes; config/relais.example.yaml is the
 * same with the default answers.
 */

export interface Answers {
  readonly hostname: string;
  /** Port that the ERP submits to, on `address`. */
  readonly address: string;
  readonly port: number;
  /** The provider's server; null: deliver to the recipients' servers by MX. */
  readonly smarthost: { readonly host: string; readonly port: number; readonly user: string | null } | null;
  /** Domain of the return paths; null: bounces go where the ERP says. */
  readonly reportDomain: string | null;
  /** Senders of the ERP: a pattern. */
  readonly senders: string;
}

export const DEFAULT_ANSWERS: Answers = {
  hostname: 'relay.example.com',
  address: '127.0.0.1',
  port: 2525,
  smarthost: { host: 'smtp.provider.example', port: 587, user: 'relay@example.com' },
  reportDomain: 'bounce.example.com',
  senders: '*@example.com',
};

/** YAML reads some words as something else than text; in quotes none is. */
function quoted(text: string): string {
  return /^[A-Za-z][A-Za-z0-9.@_/-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|~)$/i.test(text) ? text : JSON.stringify(text);
}

export function configTemplate(answers: Answers): string {
  return [head(answers), submission(answers), routes(answers), delivery(), dkim(), reports(answers), rest()].join('\n');
}

function head({ hostname }: Answers): string {
  return `# yaml-language-server: $schema=./relais.schema.json
#
# Configuration of relais. What is commented out shows the default.
# Times need a unit (90s, 5m, 1h30m, 5d), so do sizes (25MB, 64KiB).
# Any value can be {env: NAME} or {file: PATH}: use that for secrets.
# Check with: relais check --config FILE. Reload with SIGHUP.

# How the relay names itself to others; its address should resolve back to it.
hostname: ${quoted(hostname)}

# Everything relais keeps, relative to this file.
dataDir: ./data
# diskFloor: 200MB        # with less free disk no mail is taken: 452 4.3.1
# shutdownGrace: 20s
# logLevel: info          # debug, info, warn, error, silent
`;
}

function submission({ address, port, senders }: Answers): string {
  return `# Where the ERP sends its mail to.
submission:
  listeners:
    - {address: ${quoted(address)}, port: ${port}, tls: starttls}
    # - {address: 0.0.0.0, port: 465, tls: implicit}
  # Without a certificate of yours a self-signed one is made and kept in dataDir/keys.
  # tls: {key: {file: /etc/relais/tls.key}, certificate: {file: /etc/relais/tls.crt}}
  networks: [127.0.0.0/8, "::1/128"]   # may submit without AUTH, as account "default"
  # limits:
  #   messageSize: 25MB
  #   recipients: 1000
  #   connections: 100
  #   connectionsPerAddress: 20
  #   idle: 5m
  #   data: 30m
  #   queue: 200000
  #   authFailures: 5
  #   futureRelease: 30d

# Who may submit with a password: one account an ERP environment.
accounts:
  # - name: erp
  #   password: {env: ERP_PASSWORD}    # or {file: PATH}, or a hash scrypt$N$r$p$salt$hash
  #   senders: [${JSON.stringify(senders)}]
  #   language: en                     # of the reports to its senders: en, fr, nl, de
  #   notifications: standard          # reports of failures and delays; requested: what NOTIFY asks for; none
  # - {name: default, notifications: none}   # without a password: clients of submission.networks
`;
}

function routes({ smarthost, reportDomain }: Answers): string {
  const returnPath = reportDomain === null ? 'preserve' : 'verp';
  const lines = ['# Where mail goes: the first route that matches takes it.', 'routes:'];
  lines.push('  # - match: {recipientDomain: ["*.partner.example"], account: [erp], sender: ["*@example.com"]}');
  lines.push('  #   via: mx');
  if (smarthost === null) {
    lines.push("  - via: mx                          # the recipients' own servers", `    returnPath: ${returnPath}`);
    lines.push('    tls: opportunistic               # none, opportunistic, required');
  } else {
    lines.push(
      '  - via: smarthost                   # or mx, sandbox, hold',
      `    host: ${quoted(smarthost.host)}`,
      `    port: ${smarthost.port}`,
    );
    lines.push(`    tls: ${smarthost.port === 465 ? 'implicit' : 'required'}                    # none, opportunistic, required, implicit`);
    lines.push(authLine(smarthost.user));
    lines.push(`    returnPath: ${returnPath}                 # preserve: the ERP's own, for providers that insist on it`);
  }
  lines.push('    # limits: {connections: 20, rate: 30/minute, messagesPerConnection: 100}', '');
  return lines.join('\n');
}

function authLine(user: string | null): string {
  if (user === null) return '    # auth: {user: relay@example.com, password: {env: SMARTHOST_PASSWORD}}';
  return `    auth: {user: ${quoted(user)}, password: {env: SMARTHOST_PASSWORD}}`;
}

function delivery(): string {
  return `# delivery:
#   retry: [1m, 5m, 15m, 30m, 1h, 2h, 4h]   # the last one repeats, each ±20%
#   expireAfter: 5d
#   delayNoticeAfter: 4h
#   attemptTimeout: 20m
#   connections: 100                        # to all next hops together
#   priorities: {urgent: [order-*], bulk: [payslip*, newsletter*]}   # by X-Relais-Class
`;
}

function dkim(): string {
  return `# Signs what goes out (DKIM), by the domain of its From; every key of that domain signs.
# \`relais dkim generate\` makes a key and prints its DNS record, \`relais check\` compares the two.
# dkim:
#   - {domain: example.com, selector: s1, key: {file: /etc/relais/dkim-example.com-s1.pem}}
`;
}

function reports({ reportDomain }: Answers): string {
  if (reportDomain === null) {
    return `# Bounces. With a domain of your own, whose MX is this machine, relais follows each message on.
# reports:
#   domain: bounce.example.com
#   listeners: [{address: 0.0.0.0, port: 25}]
`;
  }
  return `# Bounces come back to this domain; its MX is this machine. Nothing else is taken there.
reports:
  domain: ${quoted(reportDomain)}
  listeners: [{address: 0.0.0.0, port: 25}]
  # messageSize: 30MB
  # tokenLifetime: 60d      # how long after acceptance a report is believed
  # limits: {perAddress: 30000/minute, perMessage: 3000/minute, autoReplies: 20}
  # Addresses that are not tried any more: after one report that is ours and says that the address is
  # dead, or so many permanent failures; never for full mailboxes, blocks, spam or rate.
  # suppression: {automatic: true, failures: 3, within: 30d, complaints: true, duration: forever}
  # Mailboxes that reports lie in, beside the listeners or in their place (docs/OPERATIONS.md).
  # mailboxes:
  #   - imap: {host: imap.example.com, user: bounces@example.com, password: {env: IMAP_PASSWORD}}
  #     folder: INBOX
  #     moveTo: Reports/Read           # where they go once they are taken; else they stay, marked as read
  #     every: 5m
  #     idle: true                     # hear of new mail at once where the server can
  #     otherMail: leave               # mail that is no report: leave it unread, or take it to the review list
`;
}

function rest(): string {
  return `# What mail is about, where the ERP does not say so by X-Relais-* (docs/REFERENCES.md). The rules are
# asked first, then the profiles in their order; \`relais references test FILE\` shows what they find.
# references:
#   profiles: [headers, odoo, dolibarr]
#   rules: [{field: document, from: subject, pattern: "invoice (?<number>\\\\d{4}-\\\\d+)"}]
#   contactUrl: "https://erp.example.com/contact/{contact}"    # pages of the ERP that the dashboard links to
#   documentUrl: "https://erp.example.com/document/{document}"
#   verdict: every          # who has to have a document: every recipient, or any one
#   attachments: 10MB       # messages up to this size have their attachments read; 0: none
#   streams: true           # group mail without a template by its subject and HTML

# Tell people and programs when something happens (docs/SIGNALS.md). Without this, failures are shown
# on the page of signals alone.
signals:
  # Each event to a program, signed (Standard Webhooks, https://www.standardwebhooks.com):
  # - name: erp
  #   on: [recipient.failed, recipient.expired]
  #   notify:
  #     - webhook: {url: "https://erp.example.com/hooks/mail", secret: {env: WEBHOOK_SECRET}}
  # One mail by cause, to whoever sent it and to whoever looks after it:
  # - name: sending failed
  #   on: [recipient.failed, recipient.expired, recipient.suppressed]
  #   where: {account: [erp], template: [invoice*]}
  #   quiet: {hours: "19:00-07:00", days: [sat, sun], timeZone: Europe/Brussels}
  #   repeat: 4h
  #   escalate: {after: 1d, notify: [{mail: {to: postmaster@example.com}}]}
  #   notify: [{mail: {to: [sender, owner]}}]
  # - name: still not through
  #   on: [recipient.deferred]
  #   after: 1h
  #   notify: [{webhook: {url: "https://hooks.slack.com/services/…", format: slack}}]
  # - name: too many failures
  #   on: [recipient.failed]
  #   threshold: {share: 5%, within: 1h, least: 20}
  #   notify: [{command: /usr/local/bin/page-somebody}]
  # - name: run goes wrong
  #   on: [recipient.failed]
  #   threshold: {share: 10%, within: run, least: 50}
  #   hold: true            # what waits of the run, and what comes, until somebody releases it
  #   notify: [{mail: {to: [sender, owner]}}]
  # - name: no invoices this morning
  #   where: {template: [invoice*]}
  #   expect: {mail: {by: "07:00", days: working, timeZone: Europe/Brussels}}
  #   notify: [{mail: {to: erp-team@example.com}}]
# Who looks after which mail; the first that matches.
# owners:
#   - {match: {template: [payslip*]}, mail: hr@example.com, language: nl}
#   - {match: {account: [erp]}, mail: [sales@example.com]}

# How long things are kept. What is still in the queue is never taken.
# retention:
#   schedule: "15 3 * * *"
#   content: 30d            # the bytes
#   records: 540d           # who, when, what happened
#   audit: 1095d            # who did what with it; default: forever
#   patience: 7d            # how much longer what is due waits for a reader of the feed that is behind
#   classes:                # the first that matches counts: by template, account, class, documentType, tag, sender …
#     - {match: {template: payslip*}, content: 7d}
#     - {match: {documentType: [invoice, credit-note]}, content: 3650d, records: 3650d}

# The change feed as files, for an ERP that can not call HTTP: relais-NAME-FIRST-LAST.csv, each whole.
# synchronisation:
#   files:
#     - {name: erp, directory: ./outbox, format: csv, schedule: "*/15 * * * *"}

# Backups that are made by themselves while mail flows; \`relais backup\` makes one now, \`relais restore\` puts one back.
# backup:
#   dir: /mnt/backup/relais   # best on another disk; what has not changed is shared between them
#   schedule: "30 2 * * *"
#   keep: 7

# Dashboard and API. For other machines put a reverse proxy with TLS in front.
http:
  address: 127.0.0.1
  port: 8025
  # publicUrl: https://relay.example.com
  # metricsNetworks: [127.0.0.0/8, "::1/128"]   # may read /metrics without a token
  # oidc:                   # sign-in at an identity provider (docs/ACCESS.md)
  #   issuer: https://login.microsoftonline.com/TENANT/v2.0
  #   clientId: 00000000-0000-0000-0000-000000000000
  #   clientSecret: {env: OIDC_SECRET}
  #   label: Microsoft
  #   roleClaim: roles
  #   roles: {relais.admin: admin, relais.operator: operator, relais.viewer: viewer}
`;
}
