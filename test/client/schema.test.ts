/** client/schema.d.ts is generated from the OpenAPI document: `npm run publish:client` writes it anew. */
import { expect, it } from 'vitest';
import { typesOf } from '../../scripts/openapi/types.mjs';
import { createRoom } from '../http/harness.ts';

const HEAD = '/** The HTTP API, generated from its OpenAPI document: `npm run publish:client`. */\n';

it('the types of the client are those of the API', async () => {
  const document = (await (await createRoom().call('/openapi.json')).json()) as Parameters<typeof typesOf>[0];
  const paths = Object.fromEntries(Object.entries(document.paths ?? {}).map(([path, calls]) => [path.replace(/^\/api\/v1/, ''), calls]));
  const types = await typesOf({ ...document, paths, info: { ...document.info, version: '1' }, servers: [] });
  await expect(HEAD + types).toMatchFileSnapshot('../../client/schema.d.ts');
});
