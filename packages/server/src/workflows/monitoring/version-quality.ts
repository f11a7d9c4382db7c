import type { DecisionCosts } from '@slipway/contract';
import type { Estimate, Measure, Quality, VersionQuality } from '../../stages/deploy/index.ts';
import type { PredictionRecord } from '../../stages/serve/index.ts';
import { costOf } from '../../stages/train/index.ts';
import { costOfAnswer } from '../start/decision-costs.ts';

/** A prediction whose outcome is known. */
export type Told = Pick<PredictionRecord, 'value' | 'score' | 'probabilities'> & { truth: string };

/** What the model was trained for, where that is another loss than usual. */
export type Aim = { metric?: 'mae'; quantile?: number; costs?: DecisionCosts };

/** A number is wrong when it is further off than this many times the former version's usual error. */
const USUAL_ERRORS = 1.25;
/** The least rows of both classes for a ROC AUC, and of a mean loss, whose variance is known well enough to test. */
const LEAST_OF_CLASS = 10;
const LEAST_ROWS = 20;
/** Log loss of a class that the model holds for impossible: that of a probability of one in a million. */
const LEAST_PROBABILITY = 1e-6;

/** How two versions did on their predictions whose outcome is known. */
export function compareVersions(version: readonly Told[], former: readonly Told[], aim: Aim): Quality {
  const isWrong = wrongBy(former);
  const of = (told: readonly Told[]): VersionQuality => ({
    wrong: { had: told.filter(isWrong).length, of: told.length },
    missed: missedOf(told, isWrong),
    measures: isNumber(told) ? lossOfNumbers(told, aim) : measuresOfClasses(told, aim),
  });
  return { version: of(version), former: of(former) };
}

/** Of classes: another class. Of numbers: further off than the former version usually is. */
function wrongBy(former: readonly Told[]): (told: Told) => boolean {
  const errors = former.map(errorOf).filter((error) => error !== null);
  if (errors.length === 0) return (told) => errorOf(told) === null && String(told.value) !== told.truth;
  errors.sort((a, b) => a - b);
  const allowed = USUAL_ERRORS * errors[Math.floor(errors.length / 2)]!;
  return (told) => (errorOf(told) ?? Number.POSITIVE_INFINITY) > allowed;
}

/** Of a number; null for classes. */
function errorOf({ value, truth }: Told): number | null {
  return typeof value === 'number' ? Math.abs(value - Number(truth)) : null;
}

function isNumber(told: readonly Told[]): boolean {
  return typeof told[0]?.value === 'number';
}

function missedOf(told: readonly Told[], isWrong: (told: Told) => boolean): VersionQuality['missed'] {
  if (isNumber(told)) return [];
  const shares = new Map<string, { name: string; had: number; of: number }>();
  for (const each of told) {
    const share = shares.get(each.truth) ?? { name: each.truth, had: 0, of: 0 };
    share.of++;
    if (isWrong(each)) share.had++;
    shares.set(each.truth, share);
  }
  return [...shares.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

function lossOfNumbers(told: readonly Told[], { metric, quantile }: Aim): Measure[] {
  const errors = told.map(({ value, truth }) => Number(truth) - Number(value));
  if (quantile !== undefined)
    return meanOf(
      'pinball',
      errors.map((error) => Math.max(quantile * error, (quantile - 1) * error)),
    );
  if (metric === 'mae') return meanOf('mae', errors.map(Math.abs));
  return meanOf(
    'rmse',
    errors.map((error) => error * error),
  );
}

function measuresOfClasses(told: readonly Told[], { costs }: Aim): Measure[] {
  const known = told.flatMap(({ probabilities, ...each }) =>
    probabilities === undefined ? [] : [{ ...each, probabilities: new Map(Object.entries(probabilities)) }],
  );
  const losses = known.map(({ probabilities, truth }) =>
    Math.log(1 / Math.max(probabilities.get(truth) ?? 0, LEAST_PROBABILITY)),
  );
  const positive = positiveOf(known);
  return [
    ...meanOf('log-loss', losses),
    ...(positive === undefined ? [] : rocAuc(told, positive)),
    ...(costs === undefined ? [] : costsOf(told, positive, costs)),
  ];
}

/** Of two classes the one whose probability is the score; undefined where there are more. */
function positiveOf(
  told: readonly (Pick<Told, 'score'> & { probabilities: ReadonlyMap<string, number> })[],
): string | undefined {
  const names = [...(told[0]?.probabilities.keys() ?? [])];
  if (names.length !== 2) return undefined;
  const distance = (name: string) =>
    told.reduce((sum, { probabilities, score }) => sum + Math.abs((probabilities.get(name) ?? 0) - score), 0);
  return distance(names[0]!) < distance(names[1]!) ? names[0] : names[1];
}

/** Costs of two classes go by which of them is the positive one, others by the names of the classes. */
function costsOf(told: readonly Told[], positive: string | undefined, costs: DecisionCosts): Measure[] {
  if ('pairs' in costs) {
    const costOfNames = costOfAnswer(costs);
    return meanOf(
      'cost',
      told.map(({ value, truth }) => costOfNames(truth, String(value))),
    );
  }
  if (positive === undefined) return [];
  const is = (name: string | number) => Number(name === positive);
  return meanOf(
    'cost',
    told.map(({ value, truth }) => costOf(costs, is(truth), is(value))),
  );
}

function meanOf(id: Measure['id'], values: readonly number[]): Measure[] {
  if (values.length < LEAST_ROWS) return [];
  return [{ id, ...estimateOf(values), freedom: values.length - 1 }];
}

function estimateOf(values: readonly number[]): Pick<Estimate, 'value' | 'variance'> {
  const value = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0);
  return { value, variance: squares / (values.length - 1) / values.length };
}

/**
 * The ROC AUC with the larger of two variances: DeLong's (1988), which rows that part the classes make 0, and that of Hanley and
 * McNeil (1982) for an AUC shrunk towards a half, which few rows never make so.
 */
function rocAuc(told: readonly Told[], positive: string): Measure[] {
  const scores = (isPositive: boolean) =>
    Float64Array.from(
      told.flatMap(({ score, truth }) => ((truth === positive) === isPositive ? [score] : [])),
    ).sort();
  const [ups, downs] = [scores(true), scores(false)];
  const least = Math.min(ups.length, downs.length);
  if (least < LEAST_OF_CLASS) return [];
  const ofUps = estimateOf(placements(ups, downs));
  const ofDowns = estimateOf(placements(downs, ups));
  const value = ofUps.value;
  const variance = Math.max(ofUps.variance + ofDowns.variance, hanleyMcNeil(value, ups.length, downs.length));
  return [{ id: 'roc-auc', value, variance, freedom: least - 1 }];
}

/** Of each of `own` the share of `others` that is below it, those that are equal half. Both ascending. */
function placements(own: Float64Array, others: Float64Array): number[] {
  let [below, notAbove] = [0, 0];
  return Array.from(own, (score) => {
    while (below < others.length && others[below]! < score) below++;
    while (notAbove < others.length && others[notAbove]! <= score) notAbove++;
    return (below + notAbove) / (2 * others.length);
  });
}

function hanleyMcNeil(auc: number, ups: number, downs: number): number {
  const least = Math.min(ups, downs);
  const shrunk = (auc * least + 0.5) / (least + 1);
  const square = shrunk * shrunk;
  const upper = (ups - 1) * (shrunk / (2 - shrunk) - square);
  const lower = (downs - 1) * ((2 * square) / (1 + shrunk) - square);
  return (shrunk * (1 - shrunk) + upper + lower) / (ups * downs);
}
