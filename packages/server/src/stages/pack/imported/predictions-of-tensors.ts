import { fail } from '@slipway/contract';
import { isShared } from './choose-answers.ts';
import { nestValues } from './example-body.ts';
import { ELEMENT_TYPES, sizeOf, type Tensor, type TensorManifest } from './model.ts';
import { decodeValues, type Nested, type TensorValue } from './tensor-values.ts';

/** Every row's answer: `value`, `probabilities` where classes are known, and every output as lists. */
export type TensorPrediction = {
  value: TensorValue;
  score: number;
  probabilities?: Record<string, number>;
  outputs: Record<string, Nested>;
};

/**
 * The answers row by row. Where the graph gives the class itself, that is the value; else the class of the highest score.
 * Throws `model.run-failed` where an output has not one entry for each row.
 */
export function predictionsOfTensors(
  outputs: readonly Tensor[],
  rows: number,
  manifest: DecidedBy,
): TensorPrediction[] {
  const told = outputs.map((output) => {
    const inner = output.shape.slice(1);
    return {
      name: output.name,
      type: output.type,
      inner,
      size: sizeOf(inner),
      values: decodeValues(output),
    };
  });
  const stray = outputs.find(({ shape }) => shape[0] !== rows);
  if (stray !== undefined) throw notOfRows(stray, rows);
  const { scores: scoresAt, label: labelAt, value: valueAt } = decidingOutputs(outputs, manifest);
  const [scores, labels, values] = [scoresAt, labelAt, valueAt].map((at) =>
    at === undefined ? undefined : told[at],
  );
  return Array.from({ length: rows }, (_, row) => {
    const rowOf = ({ values: all, size }: (typeof told)[number]) => all.slice(row * size, (row + 1) * size);
    const all = Object.fromEntries(told.map((each) => [each.name, nestValues(rowOf(each), each.inner)]));
    if (scores !== undefined) {
      const label = labels && rowOf(labels)[0]!;
      return { ...decided(rowOf(scores) as (number | null)[], manifest, label), outputs: all };
    }
    const value = values === undefined ? null : rowOf(values)[0]!;
    const score = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
    return { value, score, outputs: all };
  });
}

/** What a row's answer says besides its outputs. */
export type RowDecision = Omit<TensorPrediction, 'outputs'>;

/**
 * What {@link predictionsOfTensors} says of each row besides the outputs, and the bytes of each output that are the row's, as views:
 * for outputs too large to be made lists of numbers at once.
 */
export function* rowsOfOutputs(
  outputs: readonly Tensor[],
  rows: number,
  manifest: DecidedBy,
): Generator<{ decision: RowDecision; outputs: Tensor[] }> {
  const stray = outputs.find(({ shape }) => shape[0] !== rows);
  if (stray !== undefined) throw notOfRows(stray, rows);
  const { scores, label, value } = decidingOutputs(outputs, manifest);
  const deciding = [scores, label, value].filter((place) => place !== undefined);
  const texts = outputs.map(({ type, bytes }) => (type === 'string' ? textCursor(bytes) : undefined));
  for (let row = 0; row < rows; row++) {
    const own = outputs.map((output, i): Tensor => {
      const { name, type, bytes } = output;
      const shape = output.shape.slice(1);
      const size = sizeOf(shape);
      const each = size * ELEMENT_TYPES[type].bytes;
      const view = texts[i]?.(size) ?? bytes.subarray(row * each, (row + 1) * each);
      return { name, type, shape, bytes: view };
    });
    yield {
      decision: decisionOf(
        deciding.map((place) => own[place]!),
        manifest,
      ),
      outputs: own,
    };
  }
}

/** What the value of a row is told by. */
type DecidedBy = Pick<TensorManifest, 'classes' | 'label' | 'labelIsPlace' | 'scores' | 'classType'>;

/** The places of the outputs that decide: the scores of the classes and the class that the graph gives; or the only value of a row. */
type Deciding = { scores?: number; label?: number; value?: number };

function decidingOutputs(outputs: readonly Tensor[], manifest: DecidedBy): Deciding {
  const { classes, label, scores: named } = manifest;
  const labelAt = outputs.findIndex(({ name }) => name === label);
  const scores = outputs.findIndex(
    ({ name, type, shape }) =>
      classes.length > 0 &&
      sizeOf(shape.slice(1)) === classes.length &&
      type.startsWith('float') &&
      (named ?? name) === name,
  );
  if (scores >= 0) return labelAt < 0 ? { scores } : { scores, label: labelAt };
  const at = Math.max(0, labelAt);
  return outputs[at] && sizeOf(outputs[at].shape.slice(1)) === 1 ? { value: at } : {};
}

/** @param outputs the row's parts of the outputs that decide */
function decisionOf(outputs: readonly Tensor[], manifest: DecidedBy): RowDecision {
  if (outputs.length === 0) return { value: null, score: 0 };
  const row = outputs.map((output) => ({ ...output, shape: [1, ...output.shape] }));
  const { outputs: _, ...decision } = predictionsOfTensors(row, 1, manifest)[0]!;
  return decision;
}

/** Gives the bytes of the next texts of a string tensor. */
function textCursor(bytes: Uint8Array): (count: number) => Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return (count) => {
    const from = at;
    for (let i = 0; i < count; i++) at += 4 + view.getUint32(at, true);
    return bytes.subarray(from, at);
  };
}

/** What came out is not of the rows that went in. */
function notOfRows({ name, shape }: Tensor, rows: number): Error {
  return fail('model.run-failed', {
    reason: `its output ${name} has the shape [${shape.join(', ')}] for ${rows} rows, which is no answer for each; call it by POST /v2/models/NAME/infer`,
  });
}

/**
 * The class that the model decided for, or else that of the highest score; none among scores that are not numbers, which JSON has as
 * null. Of two scores and more, each between 0 and 1, that sum to 1, shares are told as such.
 */
function decided(
  scores: readonly (number | null)[],
  manifest: DecidedBy,
  given: TensorValue | undefined,
): RowDecision {
  const { classes } = manifest;
  const label = given === undefined ? undefined : classNamed(given, manifest);
  const told = (name: string | null) => (name === null ? null : classTold(name, manifest));
  if (!areNumbers(scores)) return { value: told(label ?? null), score: 0 };
  const highest = scores.reduce((best, score, k) => (score > scores[best]! ? k : best), 0);
  const place = label === undefined ? highest : classes.indexOf(label);
  const decision = { value: told(label ?? classes[highest]!), score: scores[place] ?? 0 };
  if (!isShared(scores)) return decision;
  return { ...decision, probabilities: Object.fromEntries(classes.map((name, k) => [name, scores[k]!])) };
}

function classNamed(given: TensorValue, { classes, labelIsPlace }: DecidedBy): string {
  const text = String(given);
  return labelIsPlace === true ? (classes[Number(given)] ?? text) : text;
}

/** The class in its type; a value that is none, as the output has it. */
function classTold(name: string, { classType }: DecidedBy): TensorValue {
  if (classType === 'boolean') return name === 'true';
  return classType === 'integer' && Number.isSafeInteger(Number(name)) ? Number(name) : name;
}

function areNumbers(scores: readonly (number | null)[]): scores is readonly number[] {
  return scores.every((score) => score !== null);
}
