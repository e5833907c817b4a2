/** TypeScript types from an OpenAPI 3.1 document, as text. */
import openapiTS, { astToString } from 'openapi-typescript';

/**
 * @param {import('openapi-typescript').OpenAPI3} document
 * @returns {Promise<string>}
 */
export async function typesOf(document) {
  return astToString(await openapiTS(document));
}
