import { fail, formatGate, type GateCondition, type TaskName } from '@slipway/contract';
import type { Stores } from '../../metadata/index.ts';
import type { TableSchema } from '../../stages/ingest/index.ts';
import { HOLD_OUT, isComparable, ORIGINAL_HOLDOUT, RECENT_ROWS } from '../../stages/validate/index.ts';
import type { CandidateSet, CandidateValidation, ValidationAsk } from '../model.ts';
import { refuseGateMetrics } from './gate-metrics.ts';

/** Sets that a retraining has where rows were appended since the champion's training; gates bound metrics of all their rows. */
export const COMPARISON_SETS: readonly string[] = [ORIGINAL_HOLDOUT, RECENT_ROWS];

type Training = {
  target: string;
  task: TaskName | undefined;
  /** Sets that this training has beside those that are named, such as the recent rows of a retraining. */
  further?: readonly string[];
};

/**
 * What was asked about further sets and gates, each set with its version of now and the gates by the names of the sets.
 *
 * Throws `dataset.missing`, `dataset.version-missing`, `validation.unfit` for a set without the target, `operation.not-yet` for
 * gates on parts of a forecast's steps,
 * `gate.metric-unknown`, `gate.set-unknown`, and `gate.column-missing` and `gate.value-unfit` for gates on a named set;
 * those of the hold-out are looked at by {@link refuseGateColumns}, when its table is known.
 */
export async function settleValidation(
  stores: Pick<Stores, 'datasets'>,
  { validateOn = [], gates = [], defaultGates }: ValidationAsk,
  { target, task, further = [] }: Training,
): Promise<CandidateValidation> {
  if (task === 'forecast') refuseForForecast(gates);
  refuseGateMetrics(gates, task);
  const sets = await setsOf(stores, validateOn);
  for (const set of sets) refuseWithoutTarget(set, target);
  const settled = gates.map((gate, place) => inSet(gate, place, sets, further));
  for (const set of sets)
    refuseGateColumns(
      settled.filter((gate) => gate.set === set.set),
      { dataset: set.dataset, schema: set.manifest.schema, target },
    );
  return {
    ...(sets.length > 0 && { validateOn: sets }),
    ...(settled.length > 0 && { gates: settled }),
    ...(defaultGates === false && { defaultGates }),
  };
}

/**
 * Throws `gate.column-missing` and `gate.value-unfit` for a slice or group by a column that the table does not have or
 * whose values cannot be compared so. The target is in no slice and no group: every answer would be right or wrong there.
 */
export function refuseGateColumns(
  gates: readonly GateCondition[],
  { dataset, schema, target }: { dataset: string; schema: TableSchema; target: string },
): void {
  const columns = schema.columns.filter(({ name }) => name.toLowerCase() !== target.trim().toLowerCase());
  const names = columns.map(({ name }) => name);
  for (const gate of gates) {
    const text = formatGate(gate);
    const missing = [gate.by, ...(gate.where ?? []).map(({ column }) => column)].find(
      (name) => name !== undefined && !names.includes(name),
    );
    if (missing !== undefined)
      throw fail(
        'gate.column-missing',
        { gate: text, column: missing, dataset, columns: names.slice(0, 30) },
        { path: 'gates' },
      );
    for (const condition of gate.where ?? []) {
      const { type } = columns.find(({ name }) => name === condition.column)!;
      if (isComparable(type, condition)) continue;
      const { column, is, value } = condition;
      throw fail(
        'gate.value-unfit',
        { gate: text, column, type, value: `${is} ${value}` },
        { path: 'gates' },
      );
    }
  }
}

/** Gates of the hold-out, whose columns are those of the training table. */
export function gatesOnHoldout(gates: readonly GateCondition[] = []): GateCondition[] {
  return gates.filter(({ set }) => set === undefined || set === HOLD_OUT);
}

/** Throws `operation.not-yet` for a gate on a slice or group. */
export function refuseForForecast(gates: readonly GateCondition[]): void {
  const part = gates.find(({ where, by }) => by !== undefined || (where !== undefined && where.length > 0));
  if (part !== undefined)
    throw fail('operation.not-yet', { what: 'A gate on a slice or group of a forecast' }, { path: 'gates' });
}

async function setsOf(
  { datasets }: Pick<Stores, 'datasets'>,
  validateOn: NonNullable<ValidationAsk['validateOn']>,
): Promise<CandidateSet[]> {
  const sets = new Map<string, CandidateSet>();
  for (const { name, version: asked } of validateOn) {
    const isPinned = asked !== 'latest';
    const { version, manifest } = await datasets.version(name, isPinned ? asked : undefined);
    // A dataset of the hold-out's name is told apart from it by its version.
    const set = isPinned || name === HOLD_OUT ? `${name}@${version}` : name;
    sets.set(set, { set, dataset: name, version, isPinned, manifest });
  }
  return [...sets.values()];
}

function refuseWithoutTarget({ dataset, manifest }: CandidateSet, target: string): void {
  const wanted = target.trim().toLowerCase();
  if (manifest.schema.columns.some(({ name }) => name.toLowerCase() === wanted)) return;
  const reason = `it has no column ${target}, the target`;
  throw fail('validation.unfit', { dataset, reason }, { path: 'validateOn' });
}

/** A name without a version means the set of that dataset, where there is one of it. */
function inSet(
  gate: GateCondition,
  place: number,
  sets: readonly CandidateSet[],
  further: readonly string[],
): GateCondition {
  if (gate.set === undefined) return gate;
  const name = gate.set.trim();
  if (further.includes(name) && (gate.by !== undefined || (gate.where ?? []).length > 0))
    throw fail(
      'operation.not-yet',
      { what: `A gate on a slice or group of the ${name}` },
      { path: `gates[${place}]` },
    );
  if (name === HOLD_OUT || further.includes(name)) return { ...gate, set: name };
  const dataset = name.toLowerCase().replaceAll('_', '-'); // no dataset has an underscore in its name
  const exact = sets.find(({ set }) => set === dataset);
  const byDataset = sets.filter((set) => set.dataset === dataset);
  const byVersion = sets.filter((set) => `${set.dataset}@${set.version}` === dataset);
  const found = exact ?? (byDataset.length === 1 ? byDataset[0] : byVersion[0]);
  if (found !== undefined) return { ...gate, set: found.set };
  const known = [HOLD_OUT, ...further, ...sets.map(({ set }) => set)];
  throw fail(
    'gate.set-unknown',
    { gate: formatGate(gate), set: name, known },
    { path: `gates[${place}].set` },
  );
}
