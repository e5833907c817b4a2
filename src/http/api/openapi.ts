/** The OpenAPI 3.1 document of the API, made once from the declared routes. */
import { API_BASE, type Api } from './route.ts';

export type OpenApiDocument = ReturnType<Api['app']['getOpenAPI31Document']>;

export function openApiDocument(api: Api, version: string): OpenApiDocument {
  api.app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `relais token add`, or of POST /tokens.',
  });
  return api.app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'relais',
      version,
      description: `Every message, what happened to it for each recipient, and the feed of changes. Base path ${API_BASE}. Times are RFC 3339 in UTC; errors are application/problem+json (RFC 9457) with a stable \`code\`.`,
    },
    servers: [{ url: '/' }],
  });
}
