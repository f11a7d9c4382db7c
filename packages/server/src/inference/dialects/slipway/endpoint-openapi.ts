import { CALL_SNIPPETS, TOKEN_PLACE } from '@slipway/contract';
import type { ColumnType } from '../../../stages/ingest/index.ts';
import {
  type AnyManifest,
  type BundleManifest,
  exampleBody,
  type TensorSpec,
  takesTensors,
} from '../../../stages/pack/index.ts';
import { classTypeOf, classValue } from '../../../stages/prepare/index.ts';
import type { InferenceContext } from '../../context.ts';
import { answerJson, type Exchange } from '../../exchange.ts';
import { chooseRoute } from '../../routing/choose-route.ts';
import { FORECAST_MEMBERS, forecastBody } from './forecast-openapi.ts';

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
  manifest: AnyManifest;
  origin: string;
  maxRows: number;
};

function endpointOpenApi({ name, modelVersion, manifest, origin, maxRows }: Described) {
  const path = `/endpoints/${encodeURIComponent(name)}/predict`;
  const example = exampleBody(manifest);
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

function bodySchema(manifest: AnyManifest, maxItems: number) {
  const columns = takesTensors(manifest)
    ? manifest.inputs.map(({ name, type, shape }) => [name, valueSchema(type, (shape ?? []).slice(1))])
    : manifest.inputs.map(({ name, type, nullable }) => {
        const schema = COLUMN_SCHEMAS[type];
        return [name, nullable ? { ...schema, type: [schema.type, 'null'] } : schema];
      });
  const row = {
    type: 'object' as const,
    properties: Object.fromEntries(columns),
    required: takesTensors(manifest)
      ? manifest.inputs.map(({ name }) => name)
      : manifest.inputs.filter(({ nullable }) => !nullable).map(({ name }) => name),
    additionalProperties: false,
  };
  const byRows = {
    type: 'object' as const,
    properties: { rows: { type: 'array', items: row, minItems: 1, maxItems } },
    required: ['rows'],
    additionalProperties: false,
  };
  return isForecast(manifest) ? forecastBody(byRows, row, manifest) : byRows;
}

function isForecast(manifest: AnyManifest): manifest is BundleManifest {
  return !takesTensors(manifest) && manifest.forecast !== undefined;
}

/** One row's values of a tensor: lists within lists, of a length where that is fixed. */
function valueSchema(type: TensorSpec['type'], sizes: NonNullable<TensorSpec['shape']>): object {
  const [size, ...inner] = sizes;
  if (size === undefined)
    return ELEMENT_SCHEMAS[type] ?? { type: type.includes('int') ? 'integer' : 'number' };
  const length = typeof size === 'number' ? { minItems: size, maxItems: size } : {};
  return { type: 'array', items: valueSchema(type, inner), ...length };
}

const ELEMENT_SCHEMAS: Partial<Record<TensorSpec['type'], object>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
};

const PROBLEMS: Record<number, string> = {
  400: 'The body is not what it should be',
  401: 'The token is missing or wrong',
  413: 'The body or the number of rows is over the limit',
  422: 'A row does not fit the columns',
  429: 'Too much at once: come back after Retry-After',
  503: 'Not ready: come back after Retry-After',
};

function responses(manifest: AnyManifest) {
  const problems = Object.entries(PROBLEMS).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: { type: 'object' } } } },
  ]);
  return {
    200: { description: 'Predictions', content: { 'application/json': { schema: answerSchema(manifest) } } },
    ...Object.fromEntries(problems),
  };
}

const WARNINGS = {
  type: 'array',
  description: 'Values of the row that training never saw; left out where there are none',
  items: {
    type: 'object',
    properties: { code: { type: 'string' }, column: { type: 'string' }, message: { type: 'string' } },
    required: ['code', 'column', 'message'],
  },
};

/** A class, in the type that it is answered in. */
function classSchema(manifest: AnyManifest) {
  const { classes } = manifest;
  if (takesTensors(manifest)) {
    const { classType: own = 'string' } = manifest;
    return { type: own, enum: classes.map((name) => classValue(own, name)) };
  }
  const type = classTypeOf(manifest);
  return { type, enum: classes.map((name) => classValue(type, name)) };
}

/** The contract's `predictResponseSchema`, narrowed to the classes of this model. */
function answerSchema(manifest: AnyManifest) {
  const { classes } = manifest;
  const shares = Object.fromEntries(
    classes.map((name) => [name, { type: 'number', minimum: 0, maximum: 1 }]),
  );
  const prediction =
    classes.length === 0
      ? { value: takesTensors(manifest) ? {} : { type: ['number', 'null'] } }
      : { value: classSchema(manifest), probabilities: { type: 'object', properties: shares } };
  const model = { type: 'object', properties: { name: { type: 'string' }, version: { type: 'integer' } } };
  const properties = {
    id: { type: 'string', description: 'By which a label can come in later' },
    ...prediction,
    ...(isForecast(manifest) ? FORECAST_MEMBERS : {}),
    ...(takesTensors(manifest) ? {} : { warnings: WARNINGS }),
    ...(takesTensors(manifest)
      ? { outputs: { type: 'object', description: 'Every output of the model, by name' } }
      : {}),
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
