import { fail, ownValue } from '@slipway/contract';
import { LEARNERS, type LearnerId, type LearnerParams } from '../learners/index.ts';
import type { Learner, ParamValue } from '../learners/learner.ts';
import type { ParamRange, SearchSpace } from '../learners/search-space.ts';
import type { TrainingData } from '../model.ts';

/** What is searched: everything, one learner, one learner's parameters within given ranges, or a single point. */
export type SearchConfiguration = {
  learner?: LearnerId;
  /** Parameters that are told and stay as they are. */
  params?: LearnerParams;
  /** Ranges searched instead of the learner's own. */
  space?: SearchSpace;
  /** Trials at most; 1 fits the given parameters alone. */
  trials?: number;
};

/** A goal as somebody wrote it. */
export type GivenConfiguration = {
  learner?: string | undefined;
  params?: Record<string, unknown> | undefined;
  space?: Record<string, unknown> | undefined;
  trials?: number | undefined;
};

/**
 * Reads a goal. Throws `train.learner-unknown`, `train.learner-needed`, `train.params-invalid`, `train.space-invalid`,
 * each with the path of the field.
 */
export function parseSearchConfiguration(
  raw: GivenConfiguration,
  task?: TrainingData['task'],
): SearchConfiguration {
  if (raw.learner === undefined) {
    const needs = raw.params !== undefined ? 'params' : raw.space !== undefined ? 'space' : undefined;
    if (needs !== undefined) throw fail('train.learner-needed', { field: needs }, { path: 'learner' });
    return raw.trials === undefined ? {} : { trials: raw.trials };
  }
  const learner = learnerNamed(raw.learner, task);
  const params = raw.params && readParams(LEARNERS[learner], raw.params);
  const space = raw.space && readSpace(LEARNERS[learner], raw.space, params ?? {});
  const single = params !== undefined && space === undefined && raw.trials === undefined;
  const trials = single ? 1 : raw.trials;
  return {
    learner,
    ...(params && { params }),
    ...(space && { space }),
    ...(trials === undefined ? {} : { trials }),
  };
}

function learnerNamed(id: string, task: TrainingData['task'] | undefined): LearnerId {
  const fitting = Object.values(LEARNERS).filter((one) => task === undefined || one.tasks.includes(task));
  if (fitting.some((one) => one.id === id)) return id as LearnerId;
  const known = fitting.map((one) => one.id).join(', ');
  throw fail('train.learner-unknown', { learner: id, known }, { path: 'learner' });
}

function readParams(learner: Learner, raw: Record<string, unknown>): LearnerParams {
  for (const [name, value] of Object.entries(raw)) {
    const usual = usualValue(learner, name, 'params');
    const reason =
      unfit(usual, ownValue(learner.space, name), value) ?? learner.unfit?.(name, value as ParamValue);
    if (reason !== undefined)
      throw fail('train.params-invalid', { name, reason }, { path: `params.${name}` });
  }
  return raw as LearnerParams;
}

/** Why the value cannot be the parameter's; undefined when it can. */
function unfit(usual: ParamValue, range: ParamRange | undefined, value: unknown): string | undefined {
  if (typeof usual === 'boolean') return typeof value === 'boolean' ? undefined : 'give true or false';
  // Of names and lists the learner itself knows which are good.
  if (typeof usual !== 'number') return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'give a number';
  if (value < 0) return 'give a number that is not negative';
  const whole = range?.kind === 'integer' || (range === undefined && Number.isInteger(usual) && usual > 1);
  if (whole && !Number.isInteger(value)) return 'give a whole number';
  const isShare = range?.kind === 'real' && range.high === 1 && range.low > 0 && !range.log;
  if (isShare && (value <= 0 || value > 1)) return 'give a share above 0 and up to 1';
  return undefined;
}

function usualValue(learner: Learner, name: string, field: 'params' | 'space'): ParamValue {
  const usual = ownValue(learner.defaults, name);
  if (usual !== undefined) return usual;
  const known = Object.keys(learner.defaults).join(', ');
  const reason = `${learner.label} have no such parameter; they have ${known}`;
  const code = field === 'params' ? 'train.params-invalid' : 'train.space-invalid';
  throw fail(code, { name, reason }, { path: `${field}.${name}` });
}

function readSpace(learner: Learner, raw: Record<string, unknown>, params: LearnerParams): SearchSpace {
  const refuse = (name: string, reason: string) =>
    fail('train.space-invalid', { name, reason }, { path: `space.${name}` });
  const entries = Object.entries(raw).map(([name, given]) => {
    const usual = usualValue(learner, name, 'space');
    // Models of different losses may speak on different scales, and then have no blend.
    if (name === 'objective')
      throw refuse(name, 'models of different losses do not compare; fix it in params');
    if (Object.hasOwn(params, name))
      throw refuse(name, 'it is fixed in params; leave it out of one of the two');
    const range = readRange(given, usual);
    if (typeof range === 'string') throw refuse(name, range);
    const ends = range.kind === 'choice' ? range.of : [range.low, range.high];
    const reason = ends.map((end) => unfit(usual, ownValue(learner.space, name), end)).find(Boolean);
    if (reason !== undefined) throw refuse(name, reason);
    return [name, range] as const;
  });
  return Object.fromEntries(entries);
}

const FORM = 'give { "low": 0.01, "high": 0.3, "log": true } or a list of values';

/** A range, or what is wrong with it. A list is a choice; whole ends of a whole parameter make a range of integers. */
function readRange(given: unknown, usual: ParamValue): ParamRange | string {
  const list = Array.isArray(given) ? given : (given as { of?: unknown } | null)?.of;
  if (Array.isArray(list)) {
    return list.length === 0 ? 'give at least one value' : { kind: 'choice', of: list };
  }
  if (typeof given !== 'object' || given === null) return FORM;
  const { low, high, log, kind, ...rest } = given as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `${unknown} is not known here: ${FORM}`;
  if (typeof low !== 'number' || typeof high !== 'number') return FORM;
  if (!(low < high)) return 'low must be less than high';
  if (log === true && low <= 0) return 'low must be above 0 on a logarithmic scale';
  if (kind !== undefined && kind !== 'real' && kind !== 'integer')
    return 'kind must be real, integer, or left out';
  const whole = [low, high, usual].every((end) => Number.isInteger(end));
  return {
    kind: (kind as 'real' | 'integer' | undefined) ?? (whole && Number(usual) > 1 ? 'integer' : 'real'),
    low,
    high,
    ...(log === true ? { log } : {}),
  };
}
