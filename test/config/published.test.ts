import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { configJsonSchema, configTemplate, DEFAULT_ANSWERS, loadConfig, parseConfig } from '../../src/config/index.ts';
import { referenceProfileFiles } from '../../src/config/reference-profiles-yaml.ts';
import { SHIPPED_PROFILES } from '../../src/domain/shipped-profiles.ts';
import { makeDkimKey } from '../support/dkim-keys.ts';
import { surroundings } from './surroundings.ts';

function published(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../config/${name}`, import.meta.url)), 'utf8');
}

const UPDATE = 'out of date: run `node scripts/publish-config.mjs`';

it('config/relais.schema.json is the schema of the code', () => {
  expect(JSON.parse(published('relais.schema.json')), UPDATE).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

it('config/relais.example.yaml is what init writes, and loads without a warning', () => {
  const text = published('relais.example.yaml');
  expect(text, UPDATE).toBe(configTemplate(DEFAULT_ANSWERS));
  const { config, warnings } = parseConfig(text, '/etc/relais/relais.yaml', surroundings({}, { SMARTHOST_PASSWORD: 'x' }));
  expect(warnings).toEqual([]);
  expect(config.routes[0]).toMatchObject({ via: 'smarthost', returnPath: 'verp' });
});

it('config/references holds the profiles of the code, each of which reads as rules', () => {
  for (const [name, text] of Object.entries(referenceProfileFiles())) {
    expect(published(name), UPDATE).toBe(text);
    const profile = parse(text) as { name: string; rules: object[] };
    expect(profile.rules).toHaveLength(SHIPPED_PROFILES.find((shipped) => shipped.name === profile.name)?.rules.length ?? -1);
    // As they stand they may be copied into a configuration.
    const yaml = `routes: [{via: hold}]\nreferences:\n  rules:\n${stringify(profile.rules).replace(/^/gm, '    ')}`;
    expect(() => parseConfig(yaml, '/etc/relais.yaml', surroundings())).not.toThrow();
  }
});

it('every answer of init gives a file that loads', () => {
  const answers = [
    { ...DEFAULT_ANSWERS, smarthost: null },
    { ...DEFAULT_ANSWERS, smarthost: null, reportDomain: null },
    { ...DEFAULT_ANSWERS, smarthost: { host: '127.0.0.1', port: 465, user: null }, address: '::' },
  ];
  for (const one of answers) {
    expect(() => parseConfig(configTemplate(one), '/etc/relais.yaml', surroundings({}, { SMARTHOST_PASSWORD: 'x' }))).not.toThrow();
  }
});

it('what stands commented out in the example is right as well', () => {
  const text = published('relais.example.yaml')
    .replace(/^( *)# ( *(?:[a-zA-Z]+:|- ).*)$/gm, '$1$2')
    .replace(/^ *- match: .*\n *via: mx\n/m, '')
    .replace(/^ *tls: \{key.*\n/m, '');
  expect(text).toContain('\n  limits:');
  const env = {
    SMARTHOST_PASSWORD: 'x',
    ERP_PASSWORD: 'x',
    IMAP_PASSWORD: 'x',
    OIDC_SECRET: 'x',
    WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}`,
  };
  const key = makeDkimKey('ed25519', 'example.com', 's1').key.key.trim();
  const { config } = parseConfig(text, '/etc/relais.yaml', surroundings({ '/etc/relais/dkim-example.com-s1.pem': key }, env));
  expect(config.dkim).toEqual([{ domain: 'example.com', selector: 's1', key, headers: null }]);
  const { config: plain } = parseConfig(published('relais.example.yaml'), '/etc/relais.yaml', surroundings({}, env));
  expect(config.submission.limits).toEqual(plain.submission.limits);
  const { priorities, ...delivery } = config.delivery;
  expect({ ...delivery, priorities: plain.delivery.priorities }).toEqual(plain.delivery);
  expect(priorities).toEqual({ urgent: ['order-*'], bulk: ['payslip*', 'newsletter*'] });
  const { audit, classes, ...retention } = config.retention;
  expect({ ...retention, audit: null, classes: [] }).toEqual(plain.retention);
  expect([audit, classes?.map(({ name }) => name)]).toEqual([
    1095 * 86_400_000,
    ['template payslip*', 'documentType invoice or credit-note'],
  ]);
  expect(config.diskFloor).toBe(plain.diskFloor);
});

it('config/sandbox.yaml says what the sandbox is', () => {
  const fromFile = parseConfig(published('sandbox.yaml'), '/etc/relais/sandbox.yaml', surroundings()).config;
  const { config } = loadConfig(undefined, surroundings());
  expect({ ...fromFile, file: null }).toEqual(config);
});
