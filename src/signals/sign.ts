/**
 * Signatures of Standard Webhooks: `v1`, HMAC-SHA-256 over `id.timestamp.body`. While a secret is
 * rotated there are two, and a receiver believes either (§ "Multiple signatures").
 *
 * The package refuses an empty secret, and decodes anything that is not base64 only when asked to
 * sign: signers are made at start, so that a mistake shows there.
 */
import { Webhook } from 'standardwebhooks';

export interface Signer {
  /** The header fields that go with `body`. `at`: Unix milliseconds of this try. */
  sign(request: { readonly id: string; readonly at: number; readonly body: string }): Readonly<Record<string, string>>;
}

export function createSigner(secrets: readonly string[]): Signer {
  if (secrets.length === 0) throw new TypeError('a webhook needs at least one secret');
  const webhooks = secrets.map((secret) => new Webhook(secret));
  return {
    sign: ({ id, at, body }) => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': webhooks.map((webhook) => webhook.sign(id, new Date(at), body)).join(' '),
    }),
  };
}
