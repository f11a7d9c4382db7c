import { formatGate, formatSlice, type GateCondition, type SliceCondition } from '@slipway/contract';
import { conditionGate, type Gate } from '../../stages/validate/index.ts';
import type { CandidateValidation, TrainingWish } from '../model.ts';

/** The gates of a training: those that every model has, unless told otherwise, and those that were asked for. */
export function gatesOf(
  { gates = [], defaultGates = true }: CandidateValidation,
  defaults: readonly Gate[],
): readonly Gate[] {
  const asked = gates.map((condition) => conditionGate(condition, formatGate(condition)));
  return [...(defaultGates ? defaults : []), ...asked];
}

/** The slices that gates ask for, each once. */
export function slicesAsked(gates: readonly GateCondition[] = []): (readonly SliceCondition[])[] {
  const slices = gates.flatMap(({ where }) => (where === undefined || where.length === 0 ? [] : [where]));
  return [...new Map(slices.map((where) => [formatSlice(where), where])).values()];
}

/** The columns whose groups are compared: those that were asked for and those of gates, each once. */
export function groupsAsked(gates: readonly GateCondition[] = [], wish: TrainingWish = {}): string[] {
  const { fairness = [] } = wish;
  return [...new Set([...fairness, ...gates.flatMap(({ by }) => (by === undefined ? [] : [by]))])];
}
