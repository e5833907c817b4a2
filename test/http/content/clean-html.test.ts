/** R51: what remains of HTML, and what becomes of a mail that means harm to whoever cleans it. */
import { describe, expect, it, test } from 'vitest';
import { cleanHtml } from '../../../src/http/content/clean-html.ts';
import { createHtmlCleaner, type HtmlCleaner } from '../../../src/http/content/html-cleaner.ts';
import { recordingLog } from '../../support/recording-log.ts';

const clean = (html: string, images: string[] = []) => cleanHtml({ html, images, token: 'token' });

describe('R51 cleanHtml', () => {
  it.each([
    ['<script>alert(1)</script>a', 'a'],
    ['<img src=x onerror=alert(1)>', '<span></span>'],
    ['<svg><script>alert(1)</script></svg>', ''],
    ['<svg onload=alert(1)><circle/></svg>b', 'b'],
    ['<math><mtext><style><img src onerror=alert(1)></style>', '<style> img src onerror=alert(1)></style>'],
    ['<a href="javascript:alert(1)">a</a>', '<a title="javascript:alert(1)">a</a>'],
    ['<a href="https://erp.example/pay">a</a>', '<a title="https://erp.example/pay">a</a>'],
    ['<iframe src="https://a.example"></iframe>', ''],
    ['<object data="x"><embed src="x"></object>', ''],
    ['<form action="https://a.example"><input name=a><button>b</button></form>', 'b'],
    ['<meta http-equiv=refresh content="0;url=https://a.example">', ''],
    ['<base href="https://a.example"><link rel=stylesheet href="https://a.example">', ''],
    ['<body background="https://a.example/a.png" bgcolor="#fff">a', '<div bgcolor="#fff">a</div>'],
    ['<p style="background:url(https://a.example/a.png);color:red">a</p>', '<p style="background:none;color:red">a</p>'],
    ['<style>@import "https://a.example/a.css"; p { color: red }</style>', '<style> p { color: red }</style>'],
    ['<style>p { background: URL( "https://a.example/a.png" ) }</style>', '<style>p { background: none }</style>'],
    ['<p onclick="alert(1)" id="a" class="b" title="c">a</p>', '<p id="a" class="b" title="c">a</p>'],
    ['<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>', ''],
    ['<!--[if mso]><script>alert(1)</script><![endif]-->a', 'a'],
    ['<textarea></textarea><title>t</title>a', 'a'],
  ])('of %s remains %s', (given, wanted) => {
    expect(clean(given).html.trim()).toBe(wanted);
  });

  it('puts the pictures that came along where they belong, and leaves out those of other servers', () => {
    const html =
      '<img src="cid:logo%40erp" width=10><img src="cid:unknown"><img src="https://a.example/a.png" alt="Logo"><img src="//a.example/p.gif" width=1 height=1><img src="data:image/png;base64,AAAA"><img src="data:image/svg+xml;base64,AAAA">';
    expect(clean(html, ['other', 'logo@erp'])).toEqual({
      html: '<img width="10" src="token:1" /><span></span><span class="relais-picture">Logo</span><span></span><img src="data:image/png;base64,AAAA" /><span></span>',
      remote: 2,
    });
  });

  it('keeps what mails are made of', () => {
    const html =
      '<table width="600" cellpadding="0"><tr><td align="center" style="color:#333"><font face="Arial"><b>Total</b></font></td></tr></table>';
    expect(clean(html).html).toBe(html);
  });
});

describe('the process that cleans', () => {
  async function withCleaner<T>(
    use: (cleaner: HtmlCleaner, log: ReturnType<typeof recordingLog>) => Promise<T>,
    timeLimit?: number,
  ): Promise<T> {
    const log = recordingLog();
    const cleaner = createHtmlCleaner({ log, ...(timeLimit === undefined ? {} : { timeLimit }) });
    try {
      return await use(cleaner, log);
    } finally {
      await cleaner.stop();
    }
  }

  const hostile = '<b>'.repeat(330_000);

  test('answers each with its own, in order', () =>
    withCleaner(async (cleaner) => {
      const all = await Promise.all(['a', 'b', 'c'].map((html) => cleaner.clean({ html, images: [], token: 't' })));
      expect(all).toEqual(['a', 'b', 'c'].map((html) => ({ html, remote: 0 })));
    }));

  test('is replaced over a mail that keeps it busy, and the next is cleaned', () =>
    withCleaner(async (cleaner, log) => {
      const [first, second] = await Promise.all([
        cleaner.clean({ html: hostile, images: [], token: 't' }),
        cleaner.clean({ html: '<p>ok', images: [], token: 't' }),
      ]);
      expect(first).toBeNull();
      expect(second).toEqual({ html: '<p>ok</p>', remote: 0 });
      expect(log.lines.some((line) => line.includes('can not be shown'))).toBe(true);
    }, 1_500));

  test('that does not start is no harm to the relay', async () => {
    const cleaner = createHtmlCleaner({ log: recordingLog(), entry: new URL('file:///nowhere/worker.js') });
    expect(await cleaner.clean({ html: 'a', images: [], token: 't' })).toBeNull();
    await cleaner.stop();
  });
});
