import { CALL_SNIPPETS, TOKEN_PLACE } from '@slipway/contract';
import type { ColumnType } from '../../../journey/ingest/index.ts';
import type { BundleManifest } from '../../../journey/pack/index.ts';
import type { InferenceContext } from '../../context.ts';
import { answerJson, type Exchange } from '../../exchange.ts';
import { chooseRoute } from '../../predict.ts';

/** `GET /endpoints/{name}/openapi.json`: the endpoint with the model's own columns, for tools that make clients. */
export function answerOpenApi(context: InferenceContext, exchange: Exchange): void {
  const { manifest, modelVersion } = chooseRoute(exchange);
  const origin = context.publicUrl ?? `http://${exchange.headers.host ?? 'localhost'}`;
  const name = exchange.endpoint!.name;
  answerJson(exchange, 200, endpointOpenApi({ name, modelVersion, manifest, origin, ...context.settings }));
}

type Described = {
  name: string;
  modelVersion: number;
  manifest: Pick<BundleManifest, 'task' | 'target' | 'classes' | 'inputs' | 'golden'>;
  origin: string;
  maxRows: number;
};

function endpointOpenApi({ name, modelVersion, manifest, origin, maxRows }: Described) {
  const path = `/endpoints/${encodeURIComponent(name)}/predict`;
  const example = { rows: manifest.golden.rows.slice(0, 1) };
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: String(modelVersion),
      description: `Predicts ${manifest.target} (${manifest.task}).`,
    },
    servers: [{ url: origin }],
    security: [{ token: [] }],
    paths: {
      [path]: {
        post: {
          operationId: 'predict',
          summary: `Predict ${manifest.target}`,
          requestBody: {
            required: true,
            content: { 'application/json': { schema: bodySchema(manifest, maxRows), example } },
          },
          responses: responses(manifest),
          'x-codeSamples': samples(`${origin}${path}`, example),
        },
      },
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

/** JSON Schema of a value of each type of column. */
const COLUMN_SCHEMAS: Record<ColumnType, { type: string; format?: string }> = {
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  string: { type: 'string' },
  timestamp: { type: 'string', format: 'date-time' },
};

function bodySchema({ inputs }: Pick<BundleManifest, 'inputs'>, maxItems: number) {
  const columns = inputs.map(({ name, type, nullable }) => {
    const schema = COLUMN_SCHEMAS[type];
    return [name, nullable ? { ...schema, type: [schema.type, 'null'] } : schema];
  });
  const row = {
    type: 'object',
    properties: Object.fromEntries(columns),
    required: inputs.filter(({ nullable }) => !nullable).map(({ name }) => name),
    additionalProperties: false,
  };
  return {
    type: 'object',
    properties: { rows: { type: 'array', items: row, minItems: 1, maxItems } },
    required: ['rows'],
    additionalProperties: false,
  };
}

const PROBLEMS: Record<number, string> = {
  400: 'The body is not what it should be',
  401: 'The token is missing or wrong',
  413: 'The body or the number of rows is over the limit',
  422: 'A row does not fit the columns',
  429: 'Too much at once: come back after Retry-After',
  503: 'Not ready: come back after Retry-After',
};

function responses({ classes }: Pick<BundleManifest, 'classes'>) {
  const problems = Object.entries(PROBLEMS).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: { type: 'object' } } } },
  ]);
  return {
    200: { description: 'Predictions', content: { 'application/json': { schema: answerSchema(classes) } } },
    ...Object.fromEntries(problems),
  };
}

/** The contract's `predictResponseSchema`, narrowed to the classes of this model. */
function answerSchema(classes: readonly string[]) {
  const shares = Object.fromEntries(
    classes.map((name) => [name, { type: 'number', minimum: 0, maximum: 1 }]),
  );
  const prediction =
    classes.length === 0
      ? { value: { type: ['number', 'null'] } }
      : { value: { type: 'string', enum: classes }, probabilities: { type: 'object', properties: shares } };
  const model = { type: 'object', properties: { name: { type: 'string' }, version: { type: 'integer' } } };
  const properties = {
    id: { type: 'string', description: 'By which a label can come in later' },
    ...prediction,
  };
  return {
    type: 'object',
    properties: {
      model,
      predictions: { type: 'array', items: { type: 'object', properties, required: ['id', 'value'] } },
    },
    required: ['model', 'predictions'],
  };
}

function samples(url: string, body: unknown) {
  return Object.values(CALL_SNIPPETS).map(({ title, write }) => ({
    lang: title,
    source: write({ url, token: TOKEN_PLACE, body }),
  }));
}
