/** The part of mailauth 4.13.3 that its own types leave out; used by signature.ts alone. */
declare module 'mailauth/lib/dkim/dkim-signer.js' {
  interface ParsedField {
    /** In lower case; compared with `headerList`. */
    readonly key: string;
    /** As it is to stand in `h=`. */
    readonly casedKey: string;
    readonly line: { toString(encoding?: string): string };
  }

  export class DkimSigner {
    constructor(options: {
      readonly canonicalization: string;
      readonly signTime: Date;
      readonly headerList: string;
      readonly bodyHash: string;
      readonly headers: { readonly parsed: readonly ParsedField[] };
      readonly signatureData: readonly { signingDomain: string; selector: string; privateKey: string }[];
    });
    /** Signs `headers` and `bodyHash`; no octet of the message needs to be written. */
    finalize(): Promise<void>;
    readonly signatureHeaders: readonly string[];
    readonly errors: readonly { readonly selector?: string; readonly signingDomain?: string; readonly err: Error }[];
  }
}
