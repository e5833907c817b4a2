/**
 * HTML of a mail as it may be looked at (R51): its text, tables and looks; no script, no form, nothing
 * that leads or loads anywhere. The adapter to sanitize-html, run in the worker alone.
 *
 * It is the first of three: the answer's own policy loads nothing and runs nothing, whatever slips
 * through, and the frame that it is shown in is sandboxed.
 *
 * Set here because of sanitize-html: it hands on the text of `<style>` as it came, so that is quieted
 * afterwards; it would parse every style attribute anew, which is slow and needs no doing here.
 */
import sanitizeHtml from 'sanitize-html';

export interface CleanRequest {
  readonly html: string;
  /** Content-IDs of the pictures that are there. */
  readonly images: readonly string[];
  /** Nobody can guess it: `TOKEN:3` stands in the result where the picture `images[3]` belongs. */
  readonly token: string;
}

export interface CleanHtml {
  readonly html: string;
  /** What would have been loaded from elsewhere, and is not. */
  readonly remote: number;
}

const LOOKS = [
  ...['style', 'class', 'id', 'title', 'dir', 'lang', 'align', 'valign', 'width', 'height', 'bgcolor', 'color', 'face', 'size'],
  ...['border', 'bordercolor', 'cellpadding', 'cellspacing', 'colspan', 'rowspan', 'nowrap', 'hspace', 'vspace', 'noshade', 'role'],
  ...['alt', 'start', 'type', 'reversed', 'value', 'summary', 'abbr', 'scope', 'headers', 'datetime', 'cite'],
];

const TAGS = [
  ...['a', 'abbr', 'address', 'article', 'aside', 'b', 'big', 'blockquote', 'br', 'caption', 'center', 'cite', 'code', 'col', 'colgroup'],
  ...['dd', 'del', 'dfn', 'div', 'dl', 'dt', 'em', 'figcaption', 'figure', 'font', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header'],
  ...['hr', 'i', 'img', 'ins', 'kbd', 'li', 'main', 'map', 'mark', 'nav', 'ol', 'p', 'pre', 'q', 's', 'samp', 'section', 'small', 'span'],
  ...[
    'strike',
    'strong',
    'style',
    'sub',
    'sup',
    'table',
    'tbody',
    'td',
    'tfoot',
    'th',
    'thead',
    'time',
    'tr',
    'tt',
    'u',
    'ul',
    'var',
    'wbr',
  ],
];

/** What is text to a parser and nothing to read. */
const UNREAD = [
  'script',
  'textarea',
  'option',
  'xmp',
  'title',
  'noscript',
  'template',
  'iframe',
  'object',
  'noembed',
  'noframes',
  'plaintext',
];

const NESTING = 200;
const DATA_PICTURE = /^data:image\/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*$/i;

export function cleanHtml({ html, images, token }: CleanRequest): CleanHtml {
  let remote = 0;
  const count = (): void => {
    remote++;
  };
  const index = new Map(images.map((cid, at) => [cid, at]));
  const clean = sanitizeHtml(html, {
    allowedTags: TAGS,
    allowVulnerableTags: true,
    nonTextTags: UNREAD,
    allowedAttributes: { '*': LOOKS, img: ['src'] },
    allowedSchemes: [],
    allowedSchemesByTag: { img: ['data', token] },
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    nestingLimit: NESTING,
    transformTags: {
      body: 'div',
      a: (tagName, { href, ...attribs }) => ({
        tagName,
        attribs: { ...attribs, ...(href === undefined ? {} : { title: href.slice(0, 500) }) },
      }),
      img: (_, attribs) => picture(attribs, index, token, count),
      '*': (tagName, attribs) => ({ tagName, attribs: quietAttributes(attribs, count) }),
    },
  });
  return { html: quietSheets(clean, count), remote };
}

type Attributes = Readonly<Record<string, string>>;

function picture({ src = '', srcset: _, ...rest }: Attributes, index: ReadonlyMap<string, number>, token: string, remote: () => void) {
  const given = src.trim();
  if (DATA_PICTURE.test(given)) return { tagName: 'img', attribs: { ...rest, src: given } };
  const at = /^cid:/i.test(given) ? index.get(decoded(given.slice(4))) : undefined;
  if (at !== undefined) return { tagName: 'img', attribs: { ...rest, src: `${token}:${at}` } };
  if (/^(?:https?:)?\/\//i.test(given)) remote();
  const { alt = '', width = '', height = '' } = rest;
  // Pixels that tell the sender that a mail was read, and pictures that space the rest.
  const seen = Number.parseInt(width, 10) > 2 || Number.parseInt(height, 10) > 2 || alt.trim() !== '';
  const attribs: Record<string, string> = seen ? { class: 'relais-picture' } : {};
  return { tagName: 'span', attribs, text: alt.trim().slice(0, 200) };
}

function decoded(cid: string): string {
  try {
    return decodeURIComponent(cid);
  } catch {
    return cid;
  }
}

function quietAttributes(attribs: Attributes, remote: () => void): Record<string, string> {
  const { style, background, ...rest } = attribs;
  if (background !== undefined) remote();
  return style === undefined ? rest : { ...rest, style: quietCss(style, remote) };
}

/** In what comes out of it, `<style` is an element and nothing else. */
function quietSheets(html: string, remote: () => void): string {
  return html.replace(/(<style[^>]*>)([\s\S]*?)<\/style>/g, (_, open: string, css: string) => `${open}${quietCss(css, remote)}</style>`);
}

/** Without what loads. Escapes could hide it, and then the policy refuses it; a `<` means nothing in CSS. */
function quietCss(css: string, remote: () => void): string {
  return css
    .replace(/<\/?|-->/g, ' ')
    .replace(/@import[^;]{0,2000};?/gi, () => {
      remote();
      return '';
    })
    .replace(/\b(?:url|image-set|src)\s{0,20}\([^)]{0,4000}\)?/gi, (given) => {
      if (/\/\//.test(given)) remote();
      return 'none';
    });
}
