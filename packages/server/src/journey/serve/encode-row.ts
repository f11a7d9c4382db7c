import type { DatePart, FeatureSpec, Preparation } from '../prepare/index.ts';
import type { Cell } from './read-row.ts';

/** Writes the features of one row, given as the cells of `Preparation.inputs`; storing rounds them to float32. */
export type RowEncoder = (cells: readonly Cell[], features: Float32Array) => void;

type Step = (cells: readonly Cell[]) => number;

const DAY = 86_400_000;

/** Each part in UTC of a moment in epoch milliseconds, as `FeatureSpec` defines it. */
const DATE_PARTS: Record<DatePart, (time: number) => number> = {
  year: (time) => new Date(time).getUTCFullYear(),
  month: (time) => new Date(time).getUTCMonth() + 1,
  dayOfMonth: (time) => new Date(time).getUTCDate(),
  weekday: (time) => (new Date(time).getUTCDay() + 6) % 7,
  hour: (time) => new Date(time).getUTCHours(),
  minute: (time) => new Date(time).getUTCMinutes(),
  dayOfYear: (time) => {
    const year = new Date(time).getUTCFullYear();
    return Math.floor((time - Date.UTC(year, 0, 1)) / DAY) + 1;
  },
  elapsedDays: (time) => time / DAY,
};

export function compileRowEncoder(preparation: Pick<Preparation, 'inputs' | 'features'>): RowEncoder {
  const { inputs } = preparation;
  const steps = preparation.features.map((feature) =>
    compileStep(
      feature,
      inputs.findIndex((input) => input.name === feature.column),
    ),
  );
  return (cells, features) => {
    for (let f = 0; f < steps.length; f++) features[f] = steps[f]!(cells);
  };
}

function compileStep(feature: FeatureSpec, at: number): Step {
  if (feature.kind === 'number') return (cells) => cells[at] as number;
  if (feature.kind === 'category') return compileCategory(feature.levels, at);
  const part = DATE_PARTS[feature.part];
  return (cells) => {
    const time = cells[at] as number;
    return Number.isNaN(time) ? time : part(time);
  };
}

function compileCategory(levels: readonly string[], at: number): Step {
  const codes = new Map(levels.map((level, code) => [level, code]));
  return (cells) => {
    const text = cells[at] as string | null;
    return text === null ? Number.NaN : (codes.get(text) ?? levels.length);
  };
}
