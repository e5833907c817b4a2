import { isAscii } from 'node:buffer';
import fc from 'fast-check';
import { type ParsedMail, simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { toSevenBit } from '../../../../src/relay/delivery/content/seven-bit.ts';
import { piecesOf, type Source } from '../../../../src/relay/delivery/content/source.ts';

async function octetsOf(source: Source): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(source)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

function streamed(bytes: Buffer, size: number): Source {
  return {
    kind: 'stream',
    async *open() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
}

async function convert(content: string | Buffer, bodies = true): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const converted = await toSevenBit({ kind: 'whole', bytes }, { bodies });
  if (converted.kind === 'refused') return `${converted.reply.code} ${converted.reply.status} ${converted.reply.text}`;
  const octets = await octetsOf(converted.source);
  const fromStream = await toSevenBit(streamed(bytes, 7), { bodies });
  if (fromStream.kind === 'refused') throw new Error('refused in pieces, taken whole');
  expect((await octetsOf(fromStream.source)).toString('latin1')).toBe(octets.toString('latin1'));
  return octets.toString('latin1');
}

/** What a reader of the message gets: by a parser of others. */
function meaning(mail: ParsedMail, beside = false): unknown {
  const people = (value: ParsedMail['to']): unknown => [value ?? []].flat().map(({ value: list }) => list);
  return {
    subject: mail.subject,
    from: people(mail.from),
    to: people(mail.to),
    cc: people(mail.cc),
    text: mail.text,
    html: mail.html,
    parts: mail.attachments.map(({ contentType, filename, content }) => [
      contentType,
      filename,
      beside && contentType === 'message/rfc822' ? 'is compared by itself' : content.toString('base64'),
    ]),
  };
}

const parse = (content: string | Buffer): Promise<ParsedMail> =>
  simpleParser(Buffer.isBuffer(content) ? content : Buffer.from(content), { skipTextToHtml: true });
const messageIn = (mail: ParsedMail): Buffer =>
  mail.attachments.find(({ contentType }) => contentType === 'message/rfc822')?.content ?? Buffer.alloc(0);
const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\r\n`).join('');
const multipart = (type: string, boundary: string, ...parts: readonly string[]): string =>
  `Content-Type: ${type}; boundary="${boundary}"\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;

describe('a message made 7-bit', () => {
  it('text becomes quoted-printable, and stays the text it was', async () => {
    const mail = lines(
      'From: a@b.example',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Mit besten Grüßen = 1',
      ' ',
      'end ',
    );
    expect(await convert(mail)).toBe(
      lines(
        'From: a@b.example',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Mit besten Gr=C3=BC=C3=9Fen =3D 1',
        '=20',
        'end=20',
      ),
    );
  });

  it('text without MIME fields is labelled by what its octets are', async () => {
    expect(await convert(lines('Subject: x', '', 'Mit besten Grüßen'))).toBe(
      lines(
        'Subject: x',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Mit besten Gr=C3=BC=C3=9Fen',
      ),
    );
    expect(await convert(Buffer.from('Subject: x\r\n\r\nGr\xfc\xdfe\r\n', 'latin1'))).toContain(
      '\r\nContent-Type: text/plain; charset=unknown-8bit\r\n',
    );
  });

  it('only the parts that need it change; containers are relabelled, attached messages are gone into', async () => {
    const inner = lines('Subject: Gruß', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', 'Straße');
    const mail = `From: a@b.example\r\nContent-Transfer-Encoding: 8bit\r\n${multipart(
      'multipart/mixed',
      'x',
      'Content-Type: text/plain\r\n\r\nplain  \t\r\nas it was',
      'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\nä\r\nö',
      `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${inner}`,
      'Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nw6Q=',
    )}`;
    const converted = await convert(mail);
    expect(isAscii(Buffer.from(converted, 'latin1'))).toBe(true);
    expect(meaning(await parse(converted), true)).toEqual(meaning(await parse(mail), true));
    expect(meaning(await parse(messageIn(await parse(converted))))).toEqual(meaning(await parse(inner)));
    expect(converted).toContain('--x\r\nContent-Type: text/plain\r\n\r\nplain  \t\r\nas it was\r\n--x\r\n');
    expect(converted).toContain(
      'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: =?utf-8?Q?Gru=C3=9F?=\r\n',
    );
    expect(converted).toContain(`Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from('ä\r\nö').toString('base64')}\r\n--x`);
    expect(converted).toContain('\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: multipart/mixed');
  });

  it('a part in a large message needs no more than two passes, and lines of any length', async () => {
    const body = `${'ä'.repeat(40_000)} ${'x'.repeat(40_000)}`;
    const mail = `Content-Type: text/plain; charset=utf-8\r\n\r\n${body}\r\n`;
    const converted = await convert(mail);
    expect(Math.max(...converted.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76);
    expect((await parse(converted)).text?.trimEnd()).toBe(body);
  });

  it.each([
    [
      'what is signed',
      multipart('multipart/signed', 's', 'Content-Type: text/plain\r\n\r\nGrüße', 'Content-Type: application/pgp-signature\r\n\r\nabc'),
      '554 5.6.3',
      'signed',
    ],
    ['what says that it is encoded', 'Content-Transfer-Encoding: base64\r\n\r\nä\r\n', '554 5.6.3', 'declared base64'],
    ['message/partial', 'Content-Type: message/partial; id=1; number=1\r\n\r\nä\r\n', '554 5.6.3', 'message/partial'],
    ['an address with no ASCII form', 'From: jörg@example.com\r\n\r\nä\r\n', '553 5.6.7', 'an address in From'],
    ['a message identifier', 'Message-ID: <ä@b>\r\n\r\nä\r\n', '553 5.6.9', 'Message-ID'],
    [
      'an identifier of an attached message',
      `Content-Type: message/rfc822\r\n\r\nIn-Reply-To: <ä@b>\r\n\r\nx\r\n`,
      '553 5.6.9',
      'In-Reply-To',
    ],
    [
      'parts too deep',
      Array.from({ length: 60 }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join(''),
      '554 5.6.3',
      'nested',
    ],
  ])('%s is refused, never altered', async (_, mail, status, why) => {
    const said = await convert(mail);
    expect(said.slice(0, 9)).toBe(status);
    expect(said).toContain(why);
  });

  it('what is signed and 7-bit stays octet for octet beside a part that changes', async () => {
    const signed = multipart(
      'multipart/signed',
      's',
      'Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\nas  it was ',
      'Content-Type: application/pgp-signature\r\n\r\nabc',
    );
    const mail = multipart('multipart/mixed', 'x', signed, 'Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße');
    expect(await convert(mail)).toContain(signed);
  });

  it('header fields alone, where bodies may stay', async () => {
    const mail = lines('Subject: Größe', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', 'Grüße');
    expect(await convert(mail, false)).toBe(Buffer.from(mail.replace('Größe', '=?utf-8?Q?Gr=C3=B6=C3=9Fe?=')).toString('latin1'));
  });
});

const FIELDS: readonly (readonly [given: string, expected: string])[] = [
  ['From: Jörg Müller <j@example.com>', 'From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <j@example.com>'],
  ['From: "Müller, Jörg" <j@bücher.example>', 'From: =?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <j@xn--bcher-kva.example>'],
  ['To: ann@example.net, "O\'Neil, B" <b@x.example>, ö@bücher.example', '553 5.6.7'],
  ['To: ann@bücher.example (Größe), bob@example.net', 'To: ann@xn--bcher-kva.example (=?utf-8?Q?Gr=C3=B6=C3=9Fe?=), bob@example.net'],
  ['To: Freunde über alles: a@example.net, b@example.net;', 'To: Freunde =?utf-8?Q?=C3=BCber?= alles: a@example.net, b@example.net;'],
  ['Subject: Rechnung für Jörg  und Ann', 'Subject: Rechnung =?utf-8?Q?f=C3=BCr_J=C3=B6rg?=  und Ann'],
  ['Subject: =?utf-8?Q?a?= ä', 'Subject: =?utf-8?Q?a?= =?utf-8?Q?_=C3=A4?='],
  ['Subject: 日本語のお知らせ', `Subject: =?utf-8?B?${Buffer.from('日本語のお知らせ').toString('base64')}?=`],
  [
    'Content-Disposition: attachment; filename="Größe 1.pdf"; size=3',
    "Content-Disposition: attachment;\r\n filename*=utf-8''Gr%C3%B6%C3%9Fe%201.pdf;\r\n size=3",
  ],
];

describe('a header field made ASCII', () => {
  it.each(FIELDS)('%s', async (given, expected) => {
    const converted = await convert(`${given}\r\n\r\nx\r\n`);
    expect(converted.slice(0, expected.length)).toBe(expected);
    if (!expected.startsWith('5')) expect(converted).toBe(`${expected}\r\n\r\nx\r\n`);
  });

  it('means what it meant, whatever the words are', async () => {
    const word = fc
      .string({ unit: fc.constantFrom('a', 'é', '日', '🎉', ' ', ',', '?', '=', '_', '.'), minLength: 1, maxLength: 60 })
      .filter((text) => text.trim() === text);
    await fc.assert(
      fc.asyncProperty(word, word, async (name, subject) => {
        const mail = `From: "${name}" <a@b.example>\r\nSubject: ${subject}\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\nx\r\n`;
        const converted = await convert(mail);
        expect(isAscii(Buffer.from(converted, 'latin1'))).toBe(true);
        const [before, after] = [await parse(mail), await parse(converted)];
        expect(after.from?.value[0]?.name).toBe(before.from?.value[0]?.name);
        expect(after.attachments[0]?.filename).toBe(before.attachments[0]?.filename);
        // A blank more or less is no other subject: readers fold them.
        expect(after.subject?.replace(/\s+/g, ' ')).toBe(before.subject?.replace(/\s+/g, ' '));
      }),
      { numRuns: 40 },
    );
  });
});

const leaf = fc
  .tuple(
    fc.constantFrom('text/plain; charset=utf-8', 'text/plain; charset=iso-8859-1', 'application/pdf', 'image/png; name="ü.png"'),
    fc.constantFrom('', '8bit', 'binary', '7bit'),
    fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\t', '=', '.', 'é', '日', '-'), maxLength: 90 }), { maxLength: 5 }),
  )
  .map(
    ([type, encoding, texts]) =>
      `Content-Type: ${type}\r\n${encoding === '' ? '' : `Content-Transfer-Encoding: ${encoding}\r\n`}\r\n${texts.join('\r\n')}`,
  );
const tree: fc.Arbitrary<string> = fc.letrec<{ node: string; group: string }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('group')),
  group: fc
    .tuple(fc.integer({ min: 0, max: 99_999 }), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
    .map(([number, parts]) => multipart('multipart/mixed', `b${number}`, ...parts)),
})).node;

it('any tree of parts is 7-bit then, in lines that may be sent, and every part decodes to what it was', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (body) => {
      const mail = `From: ö <a@b.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n${body}\r\n`;
      const converted = await convert(mail);
      expect(isAscii(Buffer.from(converted, 'latin1'))).toBe(true);
      expect(meaning(await parse(converted))).toEqual(meaning(await parse(mail)));
    }),
    { numRuns: 40 },
  );
});

it('whatever the lines are, it is 7-bit or refused, and what was 7-bit stays octet for octet', async () => {
  const line = fc.constantFrom(
    '',
    '--a',
    '--b',
    '--a--',
    '--b--',
    'Content-Type: multipart/mixed; boundary=a',
    'Content-Type: multipart/signed; boundary=b',
    'Content-Type: message/rfc822',
    'Subject: x',
    ' folded',
    'text',
    'grün',
    'Subject: grün',
    'Content-Type: text/plain; name=ü',
    '--',
    '--a x',
    'no field',
    '--a\t',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 25 }), fc.boolean(), async (texts, ended) => {
      const mail = texts.join('\r\n') + (ended ? '\r\n' : '');
      const converted = await convert(mail);
      if (/^5\d\d 5\./.test(converted)) return;
      // The last line gets its end, as it would before the final dot.
      if (isAscii(Buffer.from(mail))) expect([mail, `${mail}\r\n`]).toContain(converted);
      else expect(isAscii(Buffer.from(converted, 'latin1'))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
