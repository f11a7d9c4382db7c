import { fail, ownValue } from '@slipway/contract';
import type { InputColumn } from '../../../journey/prepare/index.ts';
import type { RawRow, RawValue } from '../../../journey/serve/index.ts';
import type { Frame } from './read-frame.ts';

/** A value made fit for a column; undefined where it does not fit. */
type Cast = (value: unknown) => RawValue | undefined;

/** What pandas makes of values when MLflow casts them to a signature. */
const CASTS: Record<InputColumn['type'], Cast> = {
  number: (value) => {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value === 'string' && value.trim() !== '') return finite(Number(value));
    return typeof value === 'string' ? null : finite(value);
  },
  boolean: (value) => (value === 'true' || value === 'false' ? value === 'true' : booleanOf(value)),
  string: (value) => (typeof value === 'object' ? undefined : String(value)),
  timestamp: (value) => (typeof value === 'string' ? value : undefined),
};

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  if (value === 1 || value === 0) return value === 1;
  return typeof value === 'boolean' ? value : undefined;
}

/**
 * The rows of a frame, cast to the columns of the model: matched by name, or by place where there are no names;
 * columns that the model does not take are left out, as MLflow does. Throws `predict.wrong-type` and
 * `request.invalid`.
 */
export function castRows({ columns, rows }: Frame, inputs: readonly InputColumn[]): RawRow[] {
  const places = new Map((columns ?? inputs.map(({ name }) => name)).map((name, place) => [name, place]));
  return rows.map((row, i) => {
    const cells: [string, RawValue][] = [];
    for (const input of inputs) {
      const value = Array.isArray(row) ? row[places.get(input.name) ?? -1] : cellOf(row, input.name);
      if (value === undefined) continue;
      cells.push([input.name, castValue(value, input, i)]);
    }
    return Object.fromEntries(cells);
  });
}

function cellOf(row: unknown, name: string): unknown {
  if (typeof row !== 'object' || row === null) {
    throw fail('request.invalid', { reason: 'a row is a list or an object of values' });
  }
  return ownValue(row as Record<string, unknown>, name);
}

function castValue(value: unknown, input: InputColumn, row: number): RawValue {
  if (value === null) return null;
  const cast = CASTS[input.type](value);
  if (cast !== undefined) return cast;
  const details = { column: input.name, expected: input.type, found: JSON.stringify(value).slice(0, 100) };
  throw fail('predict.wrong-type', details, { path: `rows[${row}][${JSON.stringify(input.name)}]` });
}
