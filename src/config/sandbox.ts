/**
 * What relais does without a configuration file: everything on loopback, a next hop of its own,
 * a retry clock that people can watch. config/sandbox.yaml says the same as a file.
 */

export const SANDBOX_SETTINGS: Readonly<Record<string, unknown>> = {
  hostname: 'relais.sandbox.invalid',
  dataDir: './data',
  submission: { listeners: [{ address: '127.0.0.1', port: 2525, tls: 'starttls', authWithoutTls: true }] },
  accounts: [{ name: 'sandbox', password: 'sandbox' }],
  routes: [{ via: 'sandbox', returnPath: 'verp' }],
  delivery: {
    retry: ['5s', '10s', '20s', '30s', '1m', '2m'],
    expireAfter: '10m',
    delayNoticeAfter: '1m',
    attemptTimeout: '1m',
    lease: '90s',
  },
  reports: {
    domain: 'bounce.sandbox.invalid',
    listeners: [{ address: '127.0.0.1', port: 0 }],
    // Its scripted addresses are there to be tried again.
    suppression: { automatic: false },
  },
  http: { address: '127.0.0.1', port: 8025 },
};
