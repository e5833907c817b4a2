/** A log that keeps its lines instead of writing them. */
import type { Log } from '../../src/domain/log.ts';

export interface RecordingLog extends Log {
  /** `level message` of each line. */
  readonly lines: string[];
  readonly fields: object[];
}

export function recordingLog(): RecordingLog {
  const lines: string[] = [];
  const fields: object[] = [];
  const at = (level: string) => (more: object, message: string) => {
    lines.push(`${level} ${message}`);
    fields.push(more);
  };
  return { lines, fields, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
