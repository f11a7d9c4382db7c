import { type Random, seededRandom } from '../../../../kernel/index.ts';
import type { FeatureMatrix } from '../../../prepare/index.ts';
import { binFeatures } from '../../learners/boosted-trees/index.ts';
import { LEARNERS } from '../../learners/index.ts';
import type { AdditiveModel } from '../../model.ts';
import { predictAdditive } from '../../predict.ts';
import { wallAt } from '../frequency/steps.ts';
import type { Covariate, TreePlan } from '../model.ts';
import { calendarParts } from './calendar-features.ts';
import { summed } from './origin.ts';
import { hasPhases, levelsOf, modulo, type TreeRequest, type TreeSeries } from './tree-rows.ts';

/**
 * What of the value of a step its calendar and the columns known in advance explain, without any value before it, in deviations
 * from the mean of the series. The residuals, which are what remains, follow the level and recent errors alone.
 */
export type Effects = {
  model: AdditiveModel;
  /** Known covariates that splits ask for. */
  asked: string[];
};

/** Parts of the calendar that come back often; slower ones would explain the level of the past, which the last values know better. */
const FAST_PARTS = ['time-of-day', 'weekday'];
const MOST_ROWS = 60_000;
const LEAST_ROWS = 150;
/** Few rounds, so that residuals of the values learned from are like those of the values to come. */
const ROUNDS = 50;

/** Undefined where there is nothing to explain by, or no split explains anything. */
export function fitEffects(
  { plan, series, ends, seed }: TreeRequest,
  shouldStop: () => boolean,
): Effects | undefined {
  const varied = ends.map((end, which) => (series[which]!.deviation === 0 ? 0 : end));
  const places = drawn(varied, seededRandom(seed));
  if (places.length < LEAST_ROWS) return undefined;
  const { features, knownOf } = effectFeatures(plan, series, places);
  if (features.columns.length === 0) return undefined;
  const target = Float64Array.from(places, ({ which, at }) => standardised(series[which]!, at));
  const rows = Int32Array.from(places, (_, i) => i);
  const weights = new Float64Array(places.length).fill(1);
  const learner = LEARNERS['boosted-trees'];
  const isSmall = places.length < 5_000;
  const { model } = learner.fit(
    { task: 'regression', classes: 0, features, target, weights, binned: binFeatures(features) },
    {
      ...learner.defaults,
      rounds: ROUNDS,
      learningRate: 0.1,
      leaves: isSmall ? 8 : 31,
      minRowsInLeaf: isSmall ? 20 : 40,
      featureFraction: 1,
      baggingFraction: 0.8,
    },
    { rows, validation: new Int32Array(0), seed, shouldStop },
  );
  const split = new Set(model.trees.flatMap(({ feature }) => [...feature].filter((one) => one >= 0)));
  if (split.size === 0) return undefined;
  const asked = new Set([...split].flatMap((feature) => knownOf[feature] ?? []));
  return { model, asked: [...asked] };
}

/** The residuals of a series from one of its values to another, both included, in deviations. */
export function residualSeries(
  model: AdditiveModel,
  plan: TreePlan,
  series: TreeSeries,
  [from, to]: readonly [number, number],
): TreeSeries {
  const explained = explainedAt(model, plan, series, [from, to]);
  const residuals = explained.map((value, i) => standardised(series, from + i) - value);
  return { ...series, history: summed(residuals), start: series.start + from, mean: 0, deviation: 1 };
}

/** What is explained of the values from one place of a series to another, both included and beyond its end too, in deviations. */
export function explainedAt(
  model: AdditiveModel,
  plan: TreePlan,
  series: TreeSeries,
  [from, to]: readonly [number, number],
): Float64Array {
  const places = Array.from({ length: to - from + 1 }, (_, i) => ({ which: 0, at: from + i }));
  const { features } = effectFeatures(plan, [series], places);
  return Float64Array.from(predictAdditive(model, features).values);
}

function standardised({ history, mean, deviation }: TreeSeries, at: number): number {
  return deviation === 0 ? 0 : (history.values[at]! - mean) / deviation;
}

/** A value of a series, by its index. */
type Place = { which: number; at: number };

/** At most so many values of all series, at random. */
function drawn(ends: readonly number[], random: Random): Place[] {
  const share = MOST_ROWS / ends.reduce((sum, end) => sum + end, 0);
  const places: Place[] = [];
  ends.forEach((end, which) => {
    for (let at = 0; at < end; at++) if (share >= 1 || random() < share) places.push({ which, at });
  });
  return places;
}

function effectFeatures(plan: TreePlan, series: readonly TreeSeries[], places: readonly Place[]) {
  const { frequency, covariates } = plan;
  const parts = calendarParts(plan).filter(
    ({ name }) => FAST_PARTS.includes(name) || frequency.kind === 'month',
  );
  const phases = hasPhases(plan) ? plan.seasons : [];
  const of = (wanted: Covariate['use']) => covariates.filter(({ use }) => use === wanted);
  const [fixed, known] = [of('static'), of('known')];
  const isEmpty = parts.length + phases.length + known.length === 0;
  const count = isEmpty ? 0 : parts.length + phases.length + fixed.length + known.length;
  const columns = Array.from({ length: count }, () => new Float32Array(places.length));
  if (!isEmpty)
    places.forEach(({ which, at }, row) => {
      const one = series[which]!;
      const step = one.start + at;
      let f = 0;
      const put = (value: number) => {
        columns[f++]![row] = value;
      };
      const date = parts.length === 0 ? new Date(0) : new Date(wallAt(frequency, step));
      for (const part of parts) put(part.of(date));
      for (const season of phases) put(modulo(step, season));
      for (const index of fixed.keys()) put(one.fixed[index]!);
      for (const index of known.keys()) put(one.knownAt(index, step));
    });
  const first = parts.length + phases.length;
  const levels = new Int32Array(count);
  const knownOf = new Array<string | undefined>(count).fill(undefined);
  if (!isEmpty)
    [...fixed, ...known].forEach((covariate, i) => {
      levels[first + i] = levelsOf(covariate);
      if (covariate.use === 'known') knownOf[first + i] = covariate.name;
    });
  const features: FeatureMatrix = { rows: places.length, columns, levels };
  return { features, knownOf };
}
