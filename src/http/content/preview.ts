/**
 * A message as one may look at it, as a document of its own (R51): no script, no form, no way out, and
 * nothing from elsewhere. Pictures that came with it stand in it; everything else that would have to be
 * loaded is left out and counted.
 */
import type { HtmlCleaner } from './html-cleaner.ts';
import type { InlineImage, MailBody, MailOutline } from './outline.ts';

/** The reader's language says what was left out. */
export interface PreviewWords {
  readonly language: string;
  readonly title: string;
  readonly notLoaded: (count: number) => string;
  readonly cut: string;
  readonly incomplete: string;
  readonly unsafe: string;
  readonly empty: string;
}

/**
 * Loads nothing, runs nothing, leads nowhere, and is framed by our own pages alone. The styles are the
 * mail's, so they are let in; with nothing to load, they can change its looks and no more.
 */
export const PREVIEW_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox",
  'x-frame-options': 'SAMEORIGIN',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'private, no-store',
};

/** Characters of pictures that are written into the document; a mail can name one of them a thousand times. */
const IMAGES_LIMIT = 8 * 1024 * 1024;
const NO_PICTURE = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

export interface PreviewRequest {
  readonly outline: MailOutline;
  readonly cleaner: HtmlCleaner;
  readonly words: PreviewWords;
  readonly token: string;
}

export async function previewDocument({ outline, cleaner, words, token }: PreviewRequest): Promise<string> {
  const { shown, texts, images, incomplete } = outline;
  const notes: string[] = [];
  let body = '';
  const clean = shown.some(({ kind }) => kind === 'html')
    ? await cleaner.clean({ html: shown.map(asHtml).join('\n'), images: [...images.keys()], token })
    : undefined;
  if (clean === null) {
    notes.push(words.unsafe);
    body = texts.map(asHtml).join('\n');
  } else if (clean === undefined) {
    body = texts.map(asHtml).join('\n');
  } else {
    if (clean.remote > 0) notes.push(words.notLoaded(clean.remote));
    body = withImages(clean.html, [...images.values()], token);
  }
  if (shown.some(({ cut }) => cut)) notes.push(words.cut);
  if (incomplete !== null) notes.push(words.incomplete);
  if (shown.length === 0) notes.push(words.empty);
  return documentOf(words, notes, body);
}

function asHtml({ kind, text }: MailBody): string {
  return kind === 'html' ? text : `<pre class="relais-text">${escaped(text)}</pre>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function withImages(html: string, images: readonly InlineImage[], token: string): string {
  const urls = images.map(({ type, octets }) => `data:${type};base64,${octets.toString('base64')}`);
  let room = IMAGES_LIMIT;
  return html.replace(new RegExp(`${token}:(\\d+)`, 'g'), (_, at: string) => {
    const url = urls[Number(at)] ?? NO_PICTURE;
    room -= url.length;
    return room >= 0 ? url : NO_PICTURE;
  });
}

const STYLE = `
:root { color-scheme: light; }
body { margin: 0; padding: 16px; background: #fff; color: #17171c; font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
img { max-width: 100%; height: auto; }
a { color: #4338ca; text-decoration: underline; }
.relais-text { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
.relais-notes { all: initial; display: block; margin: 0 0 16px; padding: 8px 12px; border: 1px solid #d9d9e0; border-radius: 8px; background: #f7f7f8; color: #52525e; font: 13px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.relais-picture { display: inline-block; padding: 2px 6px; border: 1px dashed #8a8a96; color: #52525e; font-size: 12px; }
.relais-picture:empty::before { content: "\\1F5BC"; }
`;

function documentOf(words: PreviewWords, notes: readonly string[], body: string): string {
  const said = notes.length === 0 ? '' : `<div class="relais-notes">${notes.map(escaped).join('<br>')}</div>`;
  return `<!DOCTYPE html><html lang="${words.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(words.title)}</title><style>${STYLE}</style></head><body>${said}${body}</body></html>`;
}
