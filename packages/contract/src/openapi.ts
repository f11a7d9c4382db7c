import { z } from 'zod';
import { problemSchema } from './basic-nouns.ts';
import { isStream, type Operation } from './operation.ts';
import { OPERATIONS } from './operations/index.ts';
import { defineOwn } from './own-value.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the control plane, made from the operations. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  const named: Json = {};
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(id, operation, named),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Slipway',
      version,
      description: 'Takes a machine-learning model from prediction to production.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key' } },
      schemas: { Problem: jsonSchema(problemSchema, named), ...named },
      responses: {
        Problem: {
          description: 'RFC 9457 problem details with a code of the failure catalogue',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function describe(id: string, operation: Operation, named: Json): Json {
  return {
    operationId: id,
    summary: operation.summary,
    tags: [operation.module],
    'x-permission': operation.permission,
    'x-failures': operation.failures,
    ...(operation.permission === 'public' ? { security: [] } : {}),
    parameters: [
      ...parameters('path', operation.params, named),
      ...parameters('query', operation.query, named),
    ],
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, content: content(operation.body, named, operation.example) } }),
    responses: {
      200: { description: 'Done', content: content(operation.answer, named) },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined, named: Json): Json[] {
  if (schema === undefined) return [];
  const whole = jsonSchema(schema, named) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(whole.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (whole.required ?? []).includes(name),
    schema: property,
  }));
}

function content(
  part: NonNullable<Operation['body']> | Operation['answer'],
  named: Json,
  example?: unknown,
): Json {
  if (isStream(part)) return { [part.stream]: { schema: { type: 'string', format: 'binary' } } };
  return {
    'application/json': { schema: jsonSchema(part, named), ...(example === undefined ? {} : { example }) },
  };
}

/** Schemas that refer to themselves go into `named`, under `components.schemas`. */
function jsonSchema(schema: z.ZodType, named: Json): Json {
  const {
    $schema: _,
    $defs: own = {},
    ...rest
  } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json & { $defs?: Json };
  for (const [name, { id: __, ...definition }] of Object.entries(own as Record<string, Json>))
    defineOwn(named, name, withNamed(definition));
  return withNamed(rest);
}

function withNamed(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  return JSON.parse(text, (_, part: unknown) => withoutTuple(part)) as Json;
}

/** A tuple of one type as a list of that length: many tools that read the document know no `prefixItems`. */
function withoutTuple(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || !('prefixItems' in part)) return part;
  const { prefixItems, items, ...list } = part as Json & { prefixItems: unknown };
  if (!Array.isArray(prefixItems) || items !== false) return part;
  const [first, ...others] = prefixItems.map((each) => JSON.stringify(each));
  return others.every((each) => each === first) ? { ...list, items: prefixItems[0] as unknown } : part;
}
