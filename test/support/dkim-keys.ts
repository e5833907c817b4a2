/** DKIM keys made for a test, and the TXT records they belong to. */
import { generateKeyPairSync } from 'node:crypto';
import type { DkimKey } from '../../src/domain/settings.ts';
import type { TxtRecords } from './dkim-verifier.ts';

export interface MadeKey {
  readonly key: DkimKey;
  readonly records: TxtRecords;
}

/** Short RSA keys, for they are made faster. */
export function makeDkimKey(type: 'rsa' | 'ed25519', domain: string, selector: string, headers: readonly string[] | null = null): MadeKey {
  const name = `${selector}._domainkey.${domain}`;
  if (type === 'rsa') {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const p = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { key: { domain, selector, key, headers }, records: { [name]: `v=DKIM1; k=rsa; p=${p}` } };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const p = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key: { domain, selector, key, headers }, records: { [name]: `v=DKIM1; k=ed25519; p=${p}` } };
}
