/** The Submitter port over the store in memory: records what it is given, or refuses as it is told. */
import type { MessageId } from '../../src/domain/ids.ts';
import type { PreparedMessage } from '../../src/domain/message.ts';
import type { Store, SubmissionAnswer, SubmissionRequest, Submitter } from '../../src/domain/ports.ts';
import type { Reply } from '../../src/domain/reply.ts';
import { readHeaderBlock } from '../../src/relay/submission/header-block.ts';

export interface FakeSubmitter extends Submitter {
  /** What was asked, in order. */
  readonly requests: SubmissionRequest[];
  /** The reply to all that follow; null: recorded. */
  refusal: Reply | null;
}

export function fakeSubmitter(store: Store, now: () => number, newMessageId: () => MessageId): FakeSubmitter {
  const fake: FakeSubmitter = {
    requests: [],
    refusal: null,
    async submit(request): Promise<SubmissionAnswer> {
      fake.requests.push(request);
      if (fake.refusal !== null) return { kind: 'refused', reply: fake.refusal };
      const bytes = Buffer.isBuffer(request.content) ? request.content : Buffer.concat(await request.content.toArray());
      const end = bytes.indexOf('\r\n\r\n');
      const head = readHeaderBlock(end === -1 ? bytes : bytes.subarray(0, end + 4));
      const message: PreparedMessage = {
        id: newMessageId(),
        acceptedAt: now(),
        account: request.account,
        client: request.client ?? { address: '', helo: '', tls: null, user: null },
        envelope: request.envelope,
        headers: head.headers,
        references: { ...head.references, ...request.references },
        supersedes: request.supersedes ?? null,
        origin: request.origin,
        ...(request.releaseAt === undefined ? {} : { releaseAt: request.releaseAt }),
        ...(request.requestHash === undefined ? {} : { requestHash: request.requestHash }),
        received: '',
      };
      const content = store.openContent(message);
      await content.write(end === -1 ? bytes : Buffer.concat([head.content, bytes.subarray(end + 4)]));
      const accepted = await store.accept({
        message,
        content,
        dueAt: request.releaseAt ?? now(),
        expireAt: now() + 5 * 86_400_000,
        ...(request.key === undefined ? {} : { key: request.key }),
      });
      return { kind: 'recorded', message: accepted, repeated: accepted.id !== message.id };
    },
  };
  return fake;
}
