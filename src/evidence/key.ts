/** The relay's key for evidence and seals, Ed25519 (RFC 8032), as it signs and as it is shown. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { EvidenceKey } from '../domain/evidence.ts';

export interface SigningKey {
  /** Fingerprint of the public half. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly shown: EvidenceKey;
}

/** `pem`: PKCS #8. */
export function signingKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const id = fingerprintOf(publicKey);
  return { id, privateKey, shown: { algorithm: 'Ed25519', key: id, publicKey: pemOf(publicKey) } };
}

/** SHA-256, in hex, of the SubjectPublicKeyInfo. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
