/**
 * The JSON Schema of the configuration file, published as config/relais.schema.json so that
 * editors complete and check it. Made from the zod schema; any scalar may also be `{env: NAME}` or
 * `{file: PATH}`.
 */
import { z } from 'zod';
import { fileSchema } from './schema.ts';

type Json = Record<string, unknown>;

const REFERENCE = { $ref: '#/$defs/reference' };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(schema: Json): boolean {
  return ['string', 'number', 'integer', 'boolean'].includes(String(schema['type'])) && !('const' in schema);
}

/** Lets every scalar be a reference as well; annotations stay outside. */
function allowReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowReferences);
  if (!isObject(schema)) return schema;
  if (isScalar(schema)) {
    const { description, default: preset, ...rest } = schema;
    const kind = rest['type'] === 'integer' && rest['maximum'] === Number.MAX_SAFE_INTEGER ? { type: 'integer' } : rest;
    return {
      ...(description === undefined ? {} : { description }),
      ...(preset === undefined ? {} : { default: preset }),
      anyOf: [kind, REFERENCE],
    };
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'default' ? value : allowReferences(value)]));
}

export function configJsonSchema(): Json {
  const { $schema, ...schema } = z.toJSONSchema(fileSchema, { io: 'input', unrepresentable: 'any' });
  return {
    $schema,
    title: 'Configuration of relais',
    ...(allowReferences(schema) as Json),
    $defs: {
      reference: {
        description: 'A value from the environment or from a file, for secrets.',
        oneOf: [
          { type: 'object', properties: { env: { type: 'string' } }, required: ['env'], additionalProperties: false },
          { type: 'object', properties: { file: { type: 'string' } }, required: ['file'], additionalProperties: false },
        ],
      },
    },
  };
}
