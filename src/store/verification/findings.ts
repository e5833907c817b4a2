/** What a verification finds: counted all, kept as far as a person reads. */

export interface Finding {
  /** `damage`: something is lost or wrong. `note`: what a crash leaves and the next start or clean-up settles. */
  readonly severity: 'damage' | 'note';
  readonly what: string;
  /** A key of the register, a place in the spool, a file. */
  readonly where: string;
  /** What to do. */
  readonly advice: string;
}

const KEPT = 200;

export const REBUILD = "restore a backup, or run 'relais rebuild' to make the register anew from the spool";
export const RESTORE = 'restore the spool from a backup; the message is recorded, but cannot be forwarded';
export const SETTLES = 'nothing: the next start of relais settles it';

export class Findings {
  readonly list: Finding[] = [];
  damage = 0;
  notes = 0;

  add(severity: Finding['severity'], what: string, where: string, advice: string): void {
    if (severity === 'damage') this.damage++;
    else this.notes++;
    if (this.list.length < KEPT) this.list.push({ severity, what, where, advice });
  }

  /** How many were counted and not kept. */
  get omitted(): number {
    return this.damage + this.notes - this.list.length;
  }
}

/** Runs `read`; what it throws is a finding. */
export function attempt<T>(findings: Findings, where: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    findings.add('damage', error instanceof Error ? firstClause(error.message) : String(error), where, REBUILD);
    return undefined;
  }
}

/** The advice of the error is about a running relais; the finding has its own. */
function firstClause(message: string): string {
  return message.split(';')[0] ?? message;
}
