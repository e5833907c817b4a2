/** Why no session with a next hop came about. */
import type { Category, Phase, Reply } from '../../domain/reply.ts';

/** It could not be reached, or did not let us in: concerns the hop as a whole. */
export class HopUnreachable extends Error {
  override readonly name = 'HopUnreachable';
  readonly phase: Phase;
  readonly reply: Reply | null;
  /** The one that was dialled. */
  readonly address: string | null;
  constructor(failure: { readonly phase: Phase; readonly reply: Reply | null; readonly message: string; readonly address: string | null }) {
    super(failure.message);
    this.phase = failure.phase;
    this.reply = failure.reply;
    this.address = failure.address;
  }
}

/** The DNS states that the recipient's domain takes no mail. */
export class DomainRefused extends Error {
  override readonly name = 'DomainRefused';
  readonly reply: Reply;
  readonly category: Category;
  readonly addressInvalid: boolean;
  constructor(refusal: { readonly reply: Reply; readonly category: Category; readonly addressInvalid: boolean }) {
    super(refusal.reply.text);
    this.reply = refusal.reply;
    this.category = refusal.category;
    this.addressInvalid = refusal.addressInvalid;
  }
}

/** The hop is there, and none of its servers is good enough for a message with REQUIRETLS. */
export class RequireTlsUnmet extends Error {
  override readonly name = 'RequireTlsUnmet';
  /** RFC 8689 §4.2.1 names the codes; null: a server could not be asked, and may be. */
  readonly reply: Reply | null;
  constructor(reply: Reply | null, message: string) {
    super(message);
    this.reply = reply;
  }
}
