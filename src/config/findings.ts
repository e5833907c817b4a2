/** What a check between keys finds: where it is, how bad, and what to do. */
import { X509Certificate } from 'node:crypto';
import type { ConfigPath } from './issues.ts';

export interface Finding {
  /** What it is about; the first is where it is shown. */
  readonly paths: readonly [ConfigPath, ...ConfigPath[]];
  readonly level: 'mistake' | 'warning';
  readonly message: string;
}

export function mistake(message: string, ...paths: [ConfigPath, ...ConfigPath[]]): Finding {
  return { paths, level: 'mistake', message };
}

export function warning(message: string, ...paths: [ConfigPath, ...ConfigPath[]]): Finding {
  return { paths, level: 'warning', message };
}

export function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== null;
  } catch {
    return false;
  }
}
