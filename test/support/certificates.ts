/** Certificates for tests, made when asked for: for a name, and 127.0.0.1. */
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
