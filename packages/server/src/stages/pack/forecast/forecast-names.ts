import { type GraphNames, graphNames } from '../onnx/graph-names.ts';
import type { ForecastFile } from './forecast-file.ts';

/** What the tensors of a forecast are called: those of every bundle, and the bounds of each level of intervals. */
export type ForecastNames = GraphNames & { bounds: string[] };

/** `lower_80`, `upper_80`, `lower_95`, …, with underscores appended where a column has taken the name. */
export function forecastNames({ inputs, model }: Pick<ForecastFile, 'inputs' | 'model'>): ForecastNames {
  const names = graphNames({ inputs, classes: [] });
  const taken = new Set([...names.inputs, names.value]);
  const bounds = model.intervals.flatMap(({ level }) =>
    ['lower', 'upper'].map((side) => {
      let name = `${side}_${Math.round(level * 100)}`;
      while (taken.has(name)) name += '_';
      taken.add(name);
      return name;
    }),
  );
  return { ...names, bounds };
}
