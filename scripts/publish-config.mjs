/**
 * Writes what is published of the configuration, config/relais.schema.json (for editors) and
 * config/relais.example.yaml, the rules of replies, config/reply-rules.yaml, and the profiles of
 * references, config/references/*.yaml, from the built code: `npm run build && node scripts/publish-config.mjs`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Name under config/ and text of each, as the build in directory `built` has them. */
export async function publishedFiles(built) {
  const load = (name) => import(pathToFileURL(join(built, 'config', name)).href);
  const { configJsonSchema } = await load('json-schema.js');
  const { configTemplate, DEFAULT_ANSWERS } = await load('template.js');
  const { replyRulesYaml } = await load('reply-rules-yaml.js');
  const { referenceProfileFiles } = await load('reference-profiles-yaml.js');
  return {
    'relais.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    'relais.example.yaml': configTemplate(DEFAULT_ANSWERS),
    'reply-rules.yaml': replyRulesYaml(),
    ...referenceProfileFiles(),
  };
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && resolve(process.argv[1]) === self) {
  const root = join(self, '..', '..');
  mkdirSync(join(root, 'config', 'references'), { recursive: true });
  for (const [name, text] of Object.entries(await publishedFiles(join(root, 'dist')))) writeFileSync(join(root, 'config', name), text);
}
