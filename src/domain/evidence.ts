/**
 * Evidence: what is known of a message, or of all mail that carried a document, in one signed statement.
 * Its names are promises: a statement of today is to be read in ten years. Nothing in it depends on
 * anything outside of it but the key it is verified with.
 */
import type { AuditActor } from './audit.ts';
import type { Seal } from './ledger.ts';
import type { MessageState, SubmissionClient } from './message.ts';
import type { Confidence, RecipientState } from './recipient.ts';
import type { Language } from './settings.ts';

export const EVIDENCE_FORMAT = 'relais-evidence/1';

/** A statement and its signature; the file holds these and nothing else. */
export interface SignedEvidence {
  readonly statement: EvidenceStatement;
  readonly signature: EvidenceSignature;
}

export interface EvidenceSignature {
  /** RFC 8032, over the statement in canonical form (RFC 8785). */
  readonly algorithm: 'Ed25519';
  /** Fingerprint of the key: SHA-256, in hex, of its SubjectPublicKeyInfo in DER. */
  readonly key: string;
  /** PEM. Whose it is has to be known from elsewhere. */
  readonly publicKey: string;
  /** Base64. */
  readonly value: string;
}

/** The public half of the key that signs. */
export type EvidenceKey = Pick<EvidenceSignature, 'algorithm' | 'key' | 'publicKey'>;

/** Times are RFC 3339 in UTC. */
export interface EvidenceStatement {
  readonly format: typeof EVIDENCE_FORMAT;
  readonly madeAt: string;
  readonly madeBy: AuditActor;
  readonly relay: { readonly hostname: string; readonly version: string };
  /** Of its sentences. */
  readonly language: Language;
  readonly subject: EvidenceSubject;
  /** Newest first. */
  readonly messages: readonly EvidenceMessage[];
  /** Those that the events lie under, oldest first. */
  readonly seals: readonly Seal[];
  /** The newest of all when this was made; null: nothing was sealed yet. */
  readonly head: Seal | null;
  /** What nothing of this proves, in sentences. */
  readonly limits: readonly string[];
}

export type EvidenceSubject =
  | { readonly kind: 'message'; readonly message: string }
  | {
      readonly kind: 'document';
      readonly document: string;
      readonly administration: string | null;
      readonly verdict: string;
      readonly reason: string;
      readonly since: string;
      /** There is more mail of it than stands here. */
      readonly more: boolean;
    };

export interface EvidenceMessage {
  readonly id: string;
  readonly acceptedAt: string;
  readonly account: string;
  readonly origin: 'smtp' | 'api' | 'resend' | 'notification';
  /** Who handed it in, from where, over which TLS; null: in clear. */
  readonly client: SubmissionClient;
  /** Reverse-path; '' is the null one. */
  readonly sender: string;
  readonly subject: string | null;
  readonly from: string | null;
  readonly date: string | null;
  readonly messageId: string | null;
  readonly envelopeId: string | null;
  readonly document: string | null;
  readonly documentType: string | null;
  readonly contact: string | null;
  readonly administration: string | null;
  readonly supersedes: string | null;
  readonly supersededBy: readonly string[];
  /** Octets and SHA-256, in hex, of the content as it was handed in. */
  readonly size: number;
  readonly sha256: string;
  /** The relay still has the content. */
  readonly contentKept: boolean;
  readonly state: MessageState;
  readonly recipients: readonly EvidenceRecipient[];
  /** All there are, in their order. */
  readonly events: readonly EvidenceEvent[];
}

export interface EvidenceRecipient {
  readonly index: number;
  readonly address: string;
  readonly state: RecipientState;
  readonly stateSince: string;
  readonly confidence: Confidence;
  /** What that says, and what it does not prove, in sentences. */
  readonly means: string;
  readonly doesNotProve: readonly string[];
  readonly failure: EvidenceFailure | null;
  readonly attempts: readonly EvidenceAttempt[];
  readonly reports: readonly EvidenceReport[];
}

export interface EvidenceReply {
  readonly code: number;
  readonly status: string | null;
  readonly text: string;
}

export interface EvidenceFailure {
  readonly source: 'attempt' | 'report';
  readonly category: string;
  readonly status: string | null;
  readonly reply: EvidenceReply | null;
  readonly addressInvalid: boolean;
}

export interface EvidenceAttempt {
  readonly number: number;
  readonly at: string;
  /** Null: it still ran. */
  readonly durationMs: number | null;
  readonly nextHop: string;
  /** `ip:port`; null: nothing was dialled. */
  readonly address: string | null;
  /** Null: in clear, or there was no connection. */
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    readonly verified: boolean;
    readonly verifiedBy: string | null;
    readonly peerName: string | null;
    readonly problem: string | null;
  } | null;
  readonly outcome: string | null;
  readonly reply: EvidenceReply | null;
  readonly phase: string | null;
  readonly ambiguous: boolean;
  readonly error: string | null;
}

export interface EvidenceReport {
  readonly id: string;
  readonly receivedAt: string;
  readonly via: string;
  readonly kind: string;
  readonly reportingMta: string | null;
  readonly action: string | null;
  readonly status: string | null;
  readonly diagnostic: string | null;
  /** Of the report as it came in. */
  readonly size: number;
  readonly sha256: string;
  /** How surely it is tied to the recipient, 1 the surest, and what that means, in a sentence. */
  readonly rank: number;
  readonly rankMeans: string;
  /** Who tied it by hand, and when; null: relais did. */
  readonly linked: { readonly by: string | null; readonly at: string } | null;
}

/** An event with what shows that it was there when its seal was made (ledger.ts). */
export interface EvidenceEvent {
  readonly plain: Readonly<Record<string, unknown>>;
  /** To whom and about what. Where a person was taken out of it, what stands there now is not what was sealed. */
  readonly personal: Readonly<Record<string, unknown>>;
  /** In hex; null: a person was taken out of it, and of the personal part its hash alone is left. */
  readonly salt: string | null;
  readonly personalHash: string;
  readonly leaf: string;
  /** Over all leaves up to and with this one: SHA-256 of the one before and this leaf. */
  readonly chain: string;
  /** `unsealed`: it is newer than the last seal. `unknown`: it is older than the first, or was changed. */
  readonly state: 'sealed' | 'unsealed' | 'unknown';
  /** Number of the seal it lies under, and the way from the leaf to the root; null and empty: under none. */
  readonly seal: number | null;
  readonly path: readonly string[];
}

/** The text of a file of it. */
export function evidenceText(evidence: SignedEvidence): string {
  return `${JSON.stringify(evidence, null, 2)}\n`;
}

/** The name a file of it is given. */
export function evidenceName({ subject }: EvidenceStatement, extension: 'json' | 'pdf'): string {
  const name = subject.kind === 'message' ? subject.message : subject.document.replace(/[^\w.-]+/g, '-').slice(0, 60);
  return `evidence-${name}.${extension}`;
}
