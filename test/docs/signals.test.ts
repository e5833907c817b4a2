/** docs/SIGNALS.md: what it shows as configuration is one, and no key is left out. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { signal } from '../../src/config/signals-schema.ts';

const DOCUMENT = readFileSync(new URL('../../docs/SIGNALS.md', import.meta.url), 'utf8');
const EXAMPLES = [...DOCUMENT.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

describe('docs/SIGNALS.md', () => {
  it.each(EXAMPLES)('shows a configuration that runs: %#', (yaml) => {
    const source = `routes: [{via: sandbox}]\naccounts: [{name: erp, password: secret-enough-1, senders: ["*@example.com"]}]\n${yaml}`;
    const read = () => parseConfig(source, '/etc/relais.yaml', { env: {}, readFile: () => '', hostname: 'relay.test', cwd: '/' });
    expect(read().config.signals.length).toBeGreaterThan(0);
  });

  it('has examples, and explains every key', () => {
    expect(EXAMPLES.length).toBeGreaterThan(3);
    const keys = Object.keys(signal.shape).filter((key) => key !== 'name');
    expect(keys.filter((key) => !DOCUMENT.includes(`\`${key}\``))).toEqual([]);
  });
});
