/** The author's address out of a From field (RFC 5322 §3.6.2), for choosing a key. Pure, never throws. */
import { type Address, toAddress } from '../../../domain/address.ts';

const LOOKED_AT = 4096;

/** The first address. `body`: unfolded, one character an octet. Undefined: none can be made out. */
export function fromAddress(body: string): Address | undefined {
  const text = Buffer.from(withoutComments(body.slice(0, LOOKED_AT)), 'latin1').toString('utf8');
  const angle = /^(?:"(?:[^"\\]|\\.)*"|[^"<>])*<([^<>]*)>/.exec(text);
  if (angle !== null) return toAddress((angle[1] ?? '').trim());
  // A group's name ends with a colon, an address with a comma or semicolon.
  const bare = /^(?:[^"@:]*:)?\s*((?:"(?:[^"\\]|\\.)*"|[^\s",;:<>])+)/.exec(text);
  return toAddress(bare?.[1] ?? '');
}

/** RFC 5322 §3.2.2: comments nest, and do not begin inside a quoted string. */
function withoutComments(text: string): string {
  let kept = '';
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\' && (quoted || depth > 0)) {
      if (depth === 0) kept += text.slice(at, at + 2);
      at++;
    } else if (char === '"' && depth === 0) {
      quoted = !quoted;
      kept += char;
    } else if (char === '(' && !quoted) depth++;
    else if (char === ')' && !quoted && depth > 0) depth--;
    else if (depth === 0) kept += char;
  }
  return kept;
}
