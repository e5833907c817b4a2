/** The evidence of a message or document, to be kept: as PDF, or as JSON. */
import { Icon } from './icons.tsx';
import type { Strings } from './strings.ts';

/** `path`: of the message or document, below the base of the API; `query`: what else is asked. */
export function EvidenceMenu({ t, path, query = '' }: { readonly t: Strings; readonly path: string; readonly query?: string }) {
  const words = t.evidence;
  const link = (form: 'pdf' | 'json'): string => `/api/v1${path}/evidence.${form}?language=${t.language}${query === '' ? '' : `&${query}`}`;
  return (
    <details class="menu">
      <summary class="button">
        <Icon name="evidence" />
        {words.open}
      </summary>
      <div class="menu-panel below wide">
        <p class="menu-lead">{words.lead}</p>
        <a class="menu-item" href={link('pdf')} download>
          {words.pdf}
        </a>
        <a class="menu-item" href={link('json')} download>
          {words.json}
        </a>
      </div>
    </details>
  );
}
