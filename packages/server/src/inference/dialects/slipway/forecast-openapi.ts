import { ownValue } from '@slipway/contract';
import type { BundleManifest } from '../../../stages/pack/index.ts';

/** A JSON Schema of an object. */
type ObjectSchema = { type: 'object'; properties: Record<string, unknown> } & Record<string, unknown>;

/** The bodies that a forecast takes: rows, as every model does, or the next steps; either with what happened since. */
export function forecastBody(byRows: ObjectSchema, row: ObjectSchema, manifest: BundleManifest): object {
  const { series, horizon } = manifest.forecast!;
  const history = {
    type: 'array',
    description: `Values known since the model was made, every step in order of time; null where one is missing`,
    items: {
      ...row,
      properties: { ...row.properties, [manifest.target]: { type: ['number', 'null'] } },
    },
  };
  const name = {
    type: 'object',
    properties: Object.fromEntries(series.map((column) => [column, ownValue(row.properties, column)])),
    required: series,
  };
  const named = {
    type: 'array',
    description: 'All series when left out',
    minItems: 1,
    items: series.length === 1 ? { oneOf: [ownValue(row.properties, series[0]!), name] } : name,
  };
  const steps = {
    type: 'object',
    properties: {
      horizon: { type: 'integer', minimum: 1, maximum: horizon, description: 'Steps ahead' },
      ...(series.length === 0 ? {} : { series: named }),
      history,
    },
    required: ['horizon'],
    additionalProperties: false,
  };
  return { oneOf: [{ ...byRows, properties: { ...byRows.properties, history } }, steps] };
}

const INTERVAL = {
  type: 'object',
  properties: { lower: { type: 'number' }, upper: { type: 'number' }, level: { type: 'number' } },
};

/** What a prediction of a forecast says beside its value. */
export const FORECAST_MEMBERS = {
  interval: { ...INTERVAL, description: 'The widest interval' },
  intervals: { type: 'array', items: INTERVAL, description: 'Narrow to wide' },
  row: { type: 'object', description: 'Of the next steps: the time, and the series, that it is about' },
};
