/** The configuration in force, section by section, its secrets masked. */
import { stringify } from 'yaml';
import { type Masked, maskedConfig } from '../../../domain/masking.ts';
import type { Config } from '../../../domain/settings.ts';
import type { Strings } from '../strings.ts';

export function Configuration({ t, config }: { readonly t: Strings; readonly config: Config }) {
  const words = t.relaySettings;
  const sections = Object.entries(maskedConfig(config));
  const plain = sections.filter(([, value]) => isFlat(value));
  const nested = sections.filter(([, value]) => !isFlat(value));
  return (
    <>
      <p class="lead muted">
        {config.file === null ? words.sandbox : words.file(config.file)} {words.configuration.lead} {words.configuration.secret}
      </p>
      <div class="card yaml-card">
        <pre class="yaml">{stringify(Object.fromEntries(plain))}</pre>
        {nested.map(([name, value]) => (
          <details open={isShort(value)}>
            <summary>
              <h2>{name}</h2>
            </summary>
            <pre class="yaml">{stringify(value, { lineWidth: 0 })}</pre>
          </details>
        ))}
      </div>
    </>
  );
}

/** Said in one line. */
function isFlat(value: Masked): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

const OPEN_LINES = 14;

function isShort(value: unknown): boolean {
  return stringify(value).split('\n').length <= OPEN_LINES;
}
