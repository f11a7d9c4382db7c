import { fail } from '@slipway/contract';
import { sizeOf, type Tensor, type TensorManifest } from './model.ts';
import type { GraphClasses } from './onnx/graph-classes.ts';
import { decodeValues, type TensorValue } from './tensor-values.ts';

export type AnswersAsked = {
  /** What the model answered when it was tried. */
  answered: readonly Tensor[];
  /** Names of the classes that were given with the file; empty where none were. */
  classes: readonly string[];
  /** Those that the graph has. */
  ofGraph: GraphClasses | undefined;
  /** The output that was named to give the class or the value of each row. */
  labelOutput?: string | undefined;
};

/** What of an answer is the value and the probabilities of a row, with what was decided, in sentences. */
export type ChosenAnswers = Pick<
  TensorManifest,
  'classes' | 'label' | 'labelIsPlace' | 'scores' | 'classType'
> & {
  decided: string[];
};

/**
 * Decides, once, at the import, which outputs answer: so no row's answer depends on what other rows a request has.
 *
 * - Classes are those given, else those of the graph where an output has as many scores.
 * - The value of a row is the class that the graph gives, which need not be that of the highest score: the output named, else the one of
 *   one value a row and of no floating point whose values are all classes; of several the one that is called label or class, or the first.
 * - Probabilities are of the output with a score for each class: of several the one whose scores sum to 1, or the first.
 *
 * Throws `request.invalid` for a named output that is not there, has several values a row, or gave what is no class.
 */
export function chooseAnswers({
  answered,
  classes: given,
  ofGraph,
  labelOutput,
}: AnswersAsked): ChosenAnswers {
  const decided: string[] = [];
  const classes = given.length > 0 ? [...given] : classesFitting(answered, ofGraph);
  if (given.length === 0 && classes.length > 0 && ofGraph!.operator !== 'ZipMap')
    decided.push(
      `The classes ${listed(classes)} are those of the operator ${ofGraph!.operator}; other names can be given with the file (labels).`,
    );
  const scores = scoresOf(answered, classes, decided);
  const named = labelOutput === undefined ? undefined : namedLabel(answered, classes, labelOutput);
  const label = named ?? ownLabel(answered, classes, decided);
  const areIntegers = given.length === 0 && ofGraph?.areIntegers === true;
  const classType = label?.isPlace === true ? undefined : typeOfClasses(classes, label?.output, areIntegers);
  return {
    classes,
    ...(label !== undefined && { label: label.output.name }),
    ...(label?.isPlace === true && { labelIsPlace: true }),
    ...(scores !== undefined && { scores: scores.name }),
    ...(classType !== undefined && { classType }),
    decided,
  };
}

type Label = { output: Tensor; isPlace: boolean };

function classesFitting(answered: readonly Tensor[], ofGraph: GraphClasses | undefined): string[] {
  const names = ofGraph?.names ?? [];
  return answered.some((output) => hasScores(output, names.length)) ? names : [];
}

function hasScores({ type, shape }: Tensor, classes: number): boolean {
  return classes > 0 && type.startsWith('float') && shape.length > 0 && sizeOf(shape.slice(1)) === classes;
}

function scoresOf(
  answered: readonly Tensor[],
  classes: readonly string[],
  decided: string[],
): Tensor | undefined {
  const fitting = answered.filter((output) => hasScores(output, classes.length));
  const chosen = fitting.find((output) => areShares(output, classes.length)) ?? fitting[0];
  if (fitting.length > 1)
    decided.push(
      `The outputs ${listed(names(fitting))} each have a score for each class; the scores of "${chosen!.name}" are told${areShares(chosen!, classes.length) ? ', since they sum to 1' : ''}.`,
    );
  return chosen;
}

/** By how much sums in float32 miss: ten thousand trees that each give a share of 1 come to 1.0001. */
export const ROUNDING = 1e-3;

/** Whether scores are each between 0 and 1, and sum to 1. */
export function isShared(scores: readonly number[]): boolean {
  return (
    scores.every((score) => score >= -ROUNDING && score <= 1 + ROUNDING) &&
    Math.abs(scores.reduce((a, b) => a + b, 0) - 1) < ROUNDING
  );
}

function areShares(output: Tensor, classes: number): boolean {
  const values = decodeValues(output).map(Number);
  for (let at = 0; at < values.length; at += classes)
    if (!isShared(values.slice(at, at + classes))) return false;
  return true;
}

function namedLabel(answered: readonly Tensor[], classes: readonly string[], name: string): Label {
  const output = answered.find((one) => one.name === name);
  if (output === undefined)
    throw unfit(`there is no output ${name}; the model has ${listed(names(answered))}`);
  if (!isOneARow(output)) throw unfit(`the output ${name} has several values a row`);
  if (classes.length === 0) return { output, isPlace: false };
  const values = decodeValues(output);
  const known = new Set(classes);
  if (values.every((value) => known.has(String(value)))) return { output, isPlace: false };
  if (values.every((value) => isPlaceIn(value, classes.length))) return { output, isPlace: true };
  const stray = values.find((value) => !known.has(String(value)));
  throw unfit(
    `the output ${name} gave ${String(stray)}, which is no class and no place in the list of classes (${listed(classes)})`,
  );
}

function isPlaceIn(value: TensorValue, classes: number): boolean {
  const place = Number(value);
  return typeof value !== 'string' && Number.isInteger(place) && place >= 0 && place < classes;
}

function ownLabel(
  answered: readonly Tensor[],
  classes: readonly string[],
  decided: string[],
): Label | undefined {
  const found = classes.length > 0 ? labelsAmong(answered, classes) : lonely(answered);
  const output = found.find(({ name }) => /label|class/i.test(name)) ?? found[0];
  if (output === undefined) return undefined;
  if (found.length > 1)
    decided.push(
      `The outputs ${listed(names(found))} may each be the ${classes.length > 0 ? 'class' : 'value'} of a row; "${output.name}" is taken. Another one can be named with the file (label output).`,
    );
  else if (classes.length === 0)
    decided.push(
      `The value of a row is that of the output "${output.name}"; there are no probabilities, since the names of the classes are not known (labels).`,
    );
  return { output, isPlace: false };
}

function labelsAmong(answered: readonly Tensor[], classes: readonly string[]): Tensor[] {
  const known = new Set(classes);
  return answered.filter(
    (output) =>
      !output.type.startsWith('float') &&
      isOneARow(output) &&
      decodeValues(output).every((value) => known.has(String(value))),
  );
}

/** Without classes the first output answers, where it is of one value a row; else those that are, beside scores. */
function lonely([first, ...rest]: readonly Tensor[]): Tensor[] {
  if (first === undefined || isOneARow(first) || !first.type.startsWith('float')) return [];
  return rest.filter((output) => !output.type.startsWith('float') && isOneARow(output));
}

function isOneARow({ shape }: Tensor): boolean {
  return shape.length > 0 && sizeOf(shape.slice(1)) === 1;
}

/** The type that classes have in answers, where it is not text: that of the output that gives them, or that the graph has. */
function typeOfClasses(
  classes: readonly string[],
  label: Tensor | undefined,
  areIntegers: boolean,
): TensorManifest['classType'] {
  if (classes.length === 0) return undefined;
  const type = label?.type ?? (areIntegers ? 'int64' : 'string');
  if (type === 'bool' && classes.every((name) => name === 'true' || name === 'false')) return 'boolean';
  const isWhole = (name: string) => Number.isSafeInteger(Number(name)) && String(Number(name)) === name;
  return /^u?int/.test(type) && classes.every(isWhole) ? 'integer' : undefined;
}

function names(outputs: readonly Tensor[]): string[] {
  return outputs.map(({ name }) => name);
}

const LISTED = 10;

function listed(all: readonly string[]): string {
  const more = all.length - LISTED;
  return `${all.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function unfit(reason: string): Error {
  return fail('request.invalid', { reason }, { path: 'labelOutput' });
}
