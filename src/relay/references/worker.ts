/**
 * The process in which XML and PDF documents are read: what is hostile costs it its time or its life, and
 * the relay nothing. One request at a time, at the lowest priority; it ends with the relay, whose channel
 * it hangs on.
 *
 *   upstream    document-reader.ts
 *   downstream  documents.ts
 */
import { constants, setPriority } from 'node:os';
import { readDocuments } from './documents.ts';
import type { DocumentFile } from './mail-reading.ts';

const send = process.send?.bind(process);
if (send === undefined) throw new Error('this file is the entry of a child process');

try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Where the system does not let it, it runs as others do.
}

/** Buffers arrive as plain arrays of octets. */
type Sent = { readonly kind: DocumentFile['kind']; readonly octets: Uint8Array };

process.on('message', (files: readonly Sent[]) => {
  const read = files.map(({ kind, octets }) => ({ kind, octets: Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength) }));
  readDocuments(read).then(
    (documents) => send({ documents }),
    (error: unknown) => send({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C on a terminal reaches this process too; when to end is the relay's decision.
process.on('SIGINT', () => undefined);
send('ready');
