/**
 * Evidence as a PDF file: the statement is in it as an attachment, and a signature over all octets of
 * the file stands behind its end, as a comment, which readers of PDF pass over (ISO 32000-1 §7.2.4). So
 * that the pages that people read are covered as well, and not the attachment alone.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import type { SigningKey } from '../key.ts';

export const ATTACHMENT = 'evidence.json';

const HEAD = '%relais-evidence-signature ed25519 ';
/** Octets of the line: its head, the fingerprint, the signature in base64, a space, a line end. */
const LINE = HEAD.length + 64 + 1 + 88 + 1;
const PATTERN = /^%relais-evidence-signature ed25519 ([0-9a-f]{64}) ([0-9A-Za-z+/]{86}==)\n$/;

/** The file, signed. */
export function signFile(pdf: Buffer, { id, privateKey }: SigningKey): Buffer {
  const body = pdf.at(-1) === 0x0a ? pdf : Buffer.concat([pdf, Buffer.from('\n')]);
  const signature = sign(null, body, privateKey).toString('base64');
  return Buffer.concat([body, Buffer.from(`${HEAD}${id} ${signature}\n`)]);
}

/** Whether a file is a PDF at all. */
export function isPdf(file: Buffer): boolean {
  return file.subarray(0, 5).toString('latin1') === '%PDF-';
}

/** Whether the whole file is as it was signed. */
export function holdsAsSigned(file: Buffer, publicKey: KeyObject | string): boolean {
  const match = PATTERN.exec(file.subarray(-LINE).toString('latin1'));
  return match !== null && verify(null, file.subarray(0, -LINE), publicKey, Buffer.from(match[2] ?? '', 'base64'));
}

/** The statement in it, as text; undefined: it has none. */
export async function attachedStatement(file: Buffer): Promise<string | undefined> {
  try {
    const { PDFDocument } = await import('@cantoo/pdf-lib');
    const document = await PDFDocument.load(file, { updateMetadata: false });
    const found = document.getAttachments().find(({ name }) => name === ATTACHMENT);
    return found === undefined ? undefined : Buffer.from(found.data).toString('utf8');
  } catch {
    return undefined;
  }
}
