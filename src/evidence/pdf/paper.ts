/**
 * A sheet of paper to write evidence on: headings, facts, lists and boxes, that break over pages. All that
 * is known of pdfkit is here and in render.ts. Its own fonts have the letters of Western Europe: of another
 * its code point is written, and the statement that is attached has the letter itself.
 */
import { setImmediate } from 'node:timers/promises';
import type PDFKit from 'pdfkit';

type Document = InstanceType<typeof PDFKit>;

/** Points. */
const LABELS = 128;
export const MARGIN = 56;
const FOOTER = 44;

export const INK = '#171b21';
export const MUTED = '#5b6472';
const LINE = '#d5dae1';
const PANEL = '#f4f6f9';
const ACCENT = '#1d4670';

/** The tone of a state. */
export type Tone = 'best' | 'good' | 'wait' | 'bad' | 'plain';

const TONES: Readonly<Record<Tone, string>> = { best: '#12653d', good: '#1d4670', wait: '#8a5a00', bad: '#a3231b', plain: '#4a525e' };

const FONTS = { plain: 'Helvetica', bold: 'Helvetica-Bold', italic: 'Helvetica-Oblique', mono: 'Courier' } as const;

interface Style {
  readonly font?: keyof typeof FONTS;
  readonly size?: number;
  readonly color?: string;
}

const MEASURED: Required<Style> = { font: 'plain', size: 9.5, color: INK };

/** Letters beside Latin-1 that the fonts have (Windows-1252). */
const BESIDE = /[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/u;

export class Paper {
  readonly document: Document;
  /** Some letter was written by its code point. */
  substituted = false;

  constructor(document: Document) {
    this.document = document;
  }

  get left(): number {
    return MARGIN;
  }

  get width(): number {
    return this.document.page.width - 2 * MARGIN;
  }

  get #bottom(): number {
    return this.document.page.height - MARGIN - FOOTER / 2;
  }

  /** As the fonts can write it. */
  written(text: string): string {
    let written = '';
    for (const char of text.normalize('NFC')) {
      const code = char.codePointAt(0) ?? 0;
      if (char === '\u202f' || char === '\u00a0' || char === '\u2009' || char === '\t') written += ' ';
      else if (char === '\r') written += '';
      else if (char === '\n' || (code >= 32 && code < 127) || (code > 160 && code < 256) || BESIDE.test(char)) written += char;
      else {
        this.substituted = true;
        written += `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
      }
    }
    return written;
  }

  /** A new page where `height` points do not fit on this one. */
  room(height: number): void {
    if (this.document.y + height > this.#bottom) this.document.addPage();
  }

  space(points: number): void {
    this.document.y += points;
  }

  /** A paragraph; the next begins beneath it. */
  text(text: string, style: Style = {}, place: { readonly x?: number; readonly width?: number; readonly after?: number } = {}): void {
    const { x = this.left, width = this.width, after = 3 } = place;
    const written = this.#set(text, style);
    const height = this.document.heightOfString(written, { width, lineGap: 1.5 });
    // A paragraph that fits on a page stays whole.
    if (height < this.#bottom - MARGIN) this.room(height);
    this.document.text(written, x, this.document.y, { width, lineGap: 1.5 });
    this.document.x = this.left;
    this.space(after);
  }

  title(title: string, subtitle: string, byline: string): void {
    const { document } = this;
    document.rect(0, 0, document.page.width, 6).fill(ACCENT);
    document.y = MARGIN;
    this.text(title, { font: 'bold', size: 25, color: ACCENT }, { after: 4 });
    this.text(subtitle, { size: 12, color: INK }, { after: 2 });
    this.text(byline, { size: 9.5, color: MUTED }, { after: 12 });
  }

  section(title: string): void {
    this.space(14);
    this.room(70);
    this.text(title, { font: 'bold', size: 13.5, color: ACCENT }, { after: 3 });
    this.rule();
    this.space(7);
  }

  heading(title: string): void {
    this.space(5);
    this.room(46);
    this.text(title, { font: 'bold', size: 10 }, { after: 3 });
  }

  rule(): void {
    const { document } = this;
    document
      .moveTo(this.left, document.y)
      .lineTo(this.left + this.width, document.y)
      .lineWidth(0.6)
      .stroke(LINE);
  }

  /** A name and what it is; nothing where that is not known. */
  fact(name: string, value: string | null | undefined, style: Style = {}): void {
    if (value === null || value === undefined || value === '') return;
    const { document } = this;
    const width = this.width - LABELS;
    const written = this.#set(value, style);
    const height = document.heightOfString(written, { width, lineGap: 1.2 });
    if (height < this.#bottom - MARGIN) this.room(height);
    const { y } = document;
    this.#set(name, { color: MUTED, size: 9 });
    document.text(this.written(name), this.left, y + 0.3, { width: LABELS - 10 });
    const beneath = document.y;
    this.#set(value, style);
    document.text(written, this.left + LABELS, y, { width, lineGap: 1.2 });
    document.x = this.left;
    document.y = Math.max(document.y, y > document.y ? document.y : beneath) + 2.5;
  }

  /** An address with its state on a coloured ground at the right. */
  standing(text: string, badge: string, tone: Tone, since: string): void {
    const { document } = this;
    this.room(120);
    const label = this.#set(badge.toUpperCase(), { font: 'bold', size: 8.5 });
    const width = document.widthOfString(label, { characterSpacing: 0.5 }) + 16;
    const { y } = document;
    document.roundedRect(this.left + this.width - width, y - 2, width, 16, 3).fill(TONES[tone]);
    this.#set(label, { font: 'bold', size: 8.5, color: '#ffffff' });
    document.text(label, this.left + this.width - width + 8, y + 2.5, { characterSpacing: 0.5, lineBreak: false });
    document.y = y;
    this.text(text, { font: 'bold', size: 11.5 }, { width: this.width - width - 12, after: 1 });
    this.text(since, { size: 9, color: MUTED }, { width: this.width - width - 12, after: 5 });
  }

  /** What stands out: on a ground of its own, behind a bar. */
  box(title: string, lines: readonly string[], tone: Tone): void {
    const { document } = this;
    const inner = this.width - 24;
    const items = lines.map((line) => this.written(line));
    this.#set('', { size: 9.2 });
    const heights = items.map((item) => document.heightOfString(item, { width: inner - 10, lineGap: 1.5 }) + 2.5);
    const height = heights.reduce((sum, one) => sum + one, 0) + 29;
    this.room(height + 4);
    const top = document.y;
    document.rect(this.left, top, this.width, height).fill(PANEL);
    document.rect(this.left, top, 3, height).fill(TONES[tone]);
    document.y = top + 9;
    this.text(title, { font: 'bold', size: 9.2, color: TONES[tone] }, { x: this.left + 14, width: inner, after: 2.5 });
    for (const [i, item] of items.entries()) {
      const { y } = document;
      document.circle(this.left + 17, y + 4.3, 1.3).fill(TONES[tone]);
      this.#set(item, { size: 9.2 });
      document.text(item, this.left + 24, y, { width: inner - 10, lineGap: 1.5 });
      document.y = y + (heights[i] ?? 0);
    }
    document.x = this.left;
    document.y = top + height + 6;
  }

  numbered(lines: readonly string[]): void {
    for (const [i, line] of lines.entries()) {
      this.room(30);
      const { y } = this.document;
      const page = this.document.bufferedPageRange().count;
      this.text(line, {}, { x: this.left + 18, width: this.width - 18, after: 4 });
      if (this.document.bufferedPageRange().count !== page) continue;
      const after = this.document.y;
      this.#set(`${i + 1}.`, { font: 'bold', color: ACCENT });
      this.document.text(`${i + 1}.`, this.left, y, { lineBreak: false });
      this.document.y = after;
    }
  }

  /** Columns with their widths as shares; the first row is their heads, and stands on each page anew. */
  table(head: readonly string[], shares: readonly number[], rows: readonly (readonly string[])[]): void {
    this.room(44);
    this.#row(head, shares, { font: 'bold', size: 8.2, color: MUTED }, []);
    for (const row of rows) {
      if (this.document.y + 16 > this.#bottom) {
        this.document.addPage();
        this.#row(head, shares, { font: 'bold', size: 8.2, color: MUTED }, []);
      }
      this.#row(row, shares, { size: 8.4 }, [row.length - 1]);
    }
  }

  #row(cells: readonly string[], shares: readonly number[], style: Style, mono: readonly number[]): void {
    const { document } = this;
    const { y } = document;
    let x = this.left;
    for (const [i, cell] of cells.entries()) {
      const width = this.width * (shares[i] ?? 0);
      const written = this.#set(cell, mono.includes(i) ? { ...style, font: 'mono', size: 8 } : style);
      document.text(written, x, y, { width: width - 6, height: 11, ellipsis: true, lineBreak: false });
      x += width;
    }
    document.x = this.left;
    document.y = y + 12.5;
    document
      .moveTo(this.left, document.y - 2)
      .lineTo(this.left + this.width, document.y - 2)
      .lineWidth(0.35)
      .stroke(LINE);
    this.space(1);
  }

  /** At the foot of each page, once all are there. */
  async footers(left: string, middle: string, page: (page: number, of: number) => string): Promise<void> {
    const { document } = this;
    const { start, count } = document.bufferedPageRange();
    for (let i = 0; i < count; i++) {
      if (i % 20 === 19) await setImmediate();
      document.switchToPage(start + i);
      const y = document.page.height - FOOTER;
      // Beneath the margin, where text would begin a new page.
      document.page.margins.bottom = 0;
      document
        .moveTo(this.left, y - 7)
        .lineTo(this.left + this.width, y - 7)
        .lineWidth(0.5)
        .stroke(LINE);
      this.#set('', { size: 7.6, color: MUTED });
      const options = { lineBreak: false, ellipsis: true, height: 10 };
      document.text(this.written(left), this.left, y, { ...options, width: this.width * 0.4 });
      document.text(this.written(middle), this.left + this.width * 0.4, y, { ...options, width: this.width * 0.4 });
      document.text(this.written(page(i + 1, count)), this.left + this.width * 0.8, y, {
        ...options,
        width: this.width * 0.2,
        align: 'right',
      });
    }
  }

  #set(text: string, style: Style): string {
    const { font, size, color } = { ...MEASURED, ...style };
    this.document.font(FONTS[font]).fontSize(size).fillColor(color);
    return this.written(text);
  }
}
