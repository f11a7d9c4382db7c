import { defineOwn, ownReader, type PredictionWarning } from '@slipway/contract';
import { type DecisionRule, decidedPlace } from '../../train/index.ts';
import { MOST_WARNINGS } from '../compile-warnings.ts';
import type { Answered } from './graph-node.ts';

/** The answers of the members of an ensemble for one row, in their order, as one. */
export type Combine = (members: readonly Answered[]) => Answered;

type Kind = { classes: readonly string[]; weights: readonly number[] };

/** The weighted mean of numbers: Σ wᵢ·xᵢ / Σ wᵢ. */
export function meanOfNumbers({ weights }: Kind): Combine {
  const total = sum(weights);
  return (members) => {
    const value = sum(members.map((answer, i) => weights[i]! * Number(answer.value))) / total;
    return withMembers({ value, score: value }, members);
  };
}

/**
 * The weighted mean of each class's probability (soft voting). Of two classes the positive one is answered when its mean
 * is at least the rule's threshold; of several the one of least expected cost, without costs the most probable; the first of equals.
 */
export function meanOfProbabilities({ classes, weights }: Kind, rule: DecisionRule): Combine {
  const total = sum(weights);
  const shares = classes.map(ownReader);
  return (members) => {
    const means = shares.map(
      (share) => sum(members.map(({ probabilities }, i) => weights[i]! * share(probabilities!)!)) / total,
    );
    return withMembers(decided(classes, means, rule), members);
  };
}

/**
 * The class with most weight among the members' answers (hard voting). Of equals the one with the higher weighted mean
 * probability wins, then the first class. The probabilities are the shares of the votes.
 */
export function majority({ classes, weights }: Kind): Combine {
  const total = sum(weights);
  const places = new Map(classes.map((name, place) => [name, place]));
  const shares = classes.map(ownReader);
  return (members) => {
    const votes = classes.map(() => 0);
    for (const [i, { value }] of members.entries()) votes[places.get(String(value))!]! += weights[i]!;
    const means = shares.map((share) =>
      sum(members.map(({ probabilities }, i) => weights[i]! * share(probabilities!)!)),
    );
    let top = 0;
    for (let k = 1; k < classes.length; k++)
      if (votes[k]! > votes[top]! || (votes[k] === votes[top] && means[k]! > means[top]!)) top = k;
    const told = votes.map((vote) => vote / total);
    return withMembers(answerOf(classes, told, top), members);
  };
}

function decided(classes: readonly string[], means: readonly number[], rule: DecisionRule) {
  if (classes.length === 2) return answerOf(classes, means, means[1]! >= rule.threshold ? 1 : 0);
  return answerOf(classes, means, decidedPlace(means, 0, means.length, rule.costMatrix));
}

/** `score` is the probability of the positive class of two, of several that of the answered one. */
function answerOf(classes: readonly string[], shares: readonly number[], place: number) {
  const probabilities: Record<string, number> = {};
  for (let k = 0; k < classes.length; k++) defineOwn(probabilities, classes[k]!, shares[k]!);
  return { value: classes[place]!, score: shares[classes.length === 2 ? 1 : place]!, probabilities };
}

type Bare = Pick<Answered, 'value' | 'score' | 'probabilities'>;

/** The answer with the versions and the warnings of everything that took part. */
export function withMembers(answer: Bare, members: readonly Answered[]): Answered {
  const warnings = mergedWarnings(members);
  return { ...answer, took: mergedTook(members), ...(warnings.length > 0 && { warnings }) };
}

function mergedTook(members: readonly Answered[]): readonly string[] {
  const [first] = members;
  if (members.every(({ took }) => took === first!.took)) return first!.took;
  return [...new Set(members.flatMap(({ took }) => took))];
}

/** Each once by column and code. */
function mergedWarnings(members: readonly Answered[]): PredictionWarning[] {
  const found = new Map<string, PredictionWarning>();
  for (const { warnings = [] } of members)
    for (const warning of warnings) {
      const key = `${warning.code} ${warning.column}`;
      if (!found.has(key) && found.size < MOST_WARNINGS) found.set(key, warning);
    }
  return [...found.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
