/** Content to be read once or several times: in memory where it is small, from the spool where it is large. */

export type Source = { readonly kind: 'whole'; readonly bytes: Buffer } | { readonly kind: 'stream'; open(): AsyncIterable<Buffer> };

/** All of it, in pieces. */
export async function* piecesOf(source: Source): AsyncGenerator<Buffer> {
  if (source.kind === 'whole') yield source.bytes;
  else yield* source.open();
}
