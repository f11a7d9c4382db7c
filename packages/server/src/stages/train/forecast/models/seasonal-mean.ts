import type { LocalModel } from './local-model.ts';

type SeasonalMeanState = { means: number[]; weight: number; at: number };

/** Each cycle counts so much as the one before it. */
const FADING = 0.85;

/** The mean of the same phase over the cycles so far, later ones counting more; without a season the fading mean. */
export const seasonalMean: LocalModel<SeasonalMeanState> = {
  id: 'seasonal-mean',
  label: 'Seasonal mean',
  suits: (length, { seasons }) => length >= 2 * (seasons[0] ?? 1),
  fit(values, { seasons }) {
    const season = seasons.find((length) => 2 * length <= values.length) ?? 1;
    const begun = {
      means: Array.from(values.slice(0, season)),
      weight: season === 1 ? 0.05 : 1 - FADING,
      at: 0,
    };
    return this.advance(begun, values.slice(season));
  },
  advance({ means, weight, at }, values) {
    const moved = [...means];
    values.forEach((value, i) => {
      const phase = (at + i) % means.length;
      moved[phase]! += Math.max(weight, 1 / (2 + Math.floor(i / means.length))) * (value - moved[phase]!);
    });
    return { means: moved, weight, at: (at + values.length) % means.length };
  },
  project: ({ means, at }, steps) =>
    Float64Array.from({ length: steps }, (_, k) => means[(at + k) % means.length]!),
};
