/**
 * Writes what is published of the configuration: config/relais.schema.json (for editors) and
 * config/relais.example.yaml, both from the built code. With --check it writes nothing and ends
 * with 1 when one is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../dist/config/json-schema.js';
import { configTemplate, DEFAULT_ANSWERS } from '../dist/config/template.js';

const published = {
  'relais.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'relais.example.yaml': configTemplate(DEFAULT_ANSWERS),
};
const check = process.argv.includes('--check');
for (const [name, text] of Object.entries(published)) {
  const file = new URL(`../config/${name}`, import.meta.url);
  if (!check) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`config/${name} is out of date: run node scripts/publish-config.mjs`);
    process.exitCode = 1;
  }
}
