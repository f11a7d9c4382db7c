import type { LocalModelId, LocalState } from '../model.ts';
import { crostonSba, tsb } from './croston.ts';
import { decomposed } from './decomposed.ts';
import { drift } from './drift.ts';
import { ets } from './ets/ets.ts';
import type { LocalModel } from './local-model.ts';
import { naive } from './naive.ts';
import { seasonalMean } from './seasonal-mean.ts';
import { longSeasonalNaive, seasonalNaive } from './seasonal-naive.ts';
import { theta } from './theta.ts';

export { MOSTLY_ZERO } from './croston.ts';
export type { LocalModel, SeriesFacts } from './local-model.ts';

/** Every model of a single series, by its id. */
export const LOCAL_MODELS = {
  naive,
  'seasonal-naive': seasonalNaive,
  'long-seasonal-naive': longSeasonalNaive,
  'seasonal-mean': seasonalMean,
  drift,
  ets,
  theta,
  'decomposed-ets': decomposed,
  'croston-sba': crostonSba,
  tsb,
} as const satisfies Record<LocalModelId, { id: LocalModelId }>;

/** The model of an id, its state known by it alone. */
export function localModel(id: LocalModelId): LocalModel {
  return LOCAL_MODELS[id] as LocalModel<LocalState> as LocalModel;
}
