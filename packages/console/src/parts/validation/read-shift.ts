import { isRecord } from '../facts.tsx';

/** What the console shows of the shift between the rows that the champion was trained with and those appended since. */
export type Shift = {
  says: string;
  accepted: boolean;
  label: { says: string };
  inputs: {
    broken: string | null;
    columns: { column: string; shifted: boolean; level: string; says: string }[];
  };
};

/** Undefined where a report has none, or one of another form. */
export function readShift(value: unknown): Shift | undefined {
  if (!isRecord(value) || typeof value.says !== 'string') return undefined;
  const { label, inputs } = value;
  const isWhole = isRecord(label) && typeof label.says === 'string' && isRecord(inputs);
  return isWhole && Array.isArray(inputs.columns) ? (value as Shift) : undefined;
}
