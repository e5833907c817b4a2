/** Certificates for tests, made when asked for: for a name, and 127.0.0.1 where they are self-signed. */
import { generate } from 'selfsigned';

export interface TestCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** Self-signed, so that it is its own authority: trusted by who has it as `ca`, and by nobody else. */
export async function selfSigned(name: string): Promise<TestCertificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key: made.private, certificate: made.cert };
}

const KEY = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** An authority that signs others, and no certificate of a server. */
export async function authority(name: string): Promise<TestCertificate> {
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true } as const,
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true } as const,
  ];
  const made = await generate([{ name: 'commonName', value: name }], { ...KEY, extensions });
  return { key: made.private, certificate: made.cert };
}

/** A server's certificate under an authority; `certificate` is the chain that the server sends. */
export async function signedBy(ca: TestCertificate, name: string, options: { readonly expired?: boolean } = {}): Promise<TestCertificate> {
  const day = 86_400_000;
  const made = await generate([{ name: 'commonName', value: name }], {
    ...KEY,
    ca: { key: ca.key, cert: ca.certificate },
    ...(options.expired === true ? { notBeforeDate: new Date(Date.now() - 2 * day), notAfterDate: new Date(Date.now() - day) } : {}),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { key: made.private, certificate: `${made.cert}\n${ca.certificate}` };
}
