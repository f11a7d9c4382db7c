import { ownReader } from '@slipway/contract';
import { type ClassType, classValue } from '../prepare/index.ts';
import type { AnswerText, Prediction } from './model.ts';

/**
 * Compiles the writing of predictions as JSON: names are escaped once, not for every row. A class is written in its type.
 * Numbers that JSON has not become null.
 */
export function compileAnswerText(classes: readonly string[], type: ClassType = 'string'): AnswerText {
  const names = classes.map((name) => JSON.stringify(name));
  const values = classes.map((name) => JSON.stringify(classValue(type, name)));
  const heads = new Map(classes.map((name, k) => [name, `"value":${values[k]!},"probabilities":{`]));
  const keys = names.map((name, k) => `${k === 0 ? '' : ','}${name}:`);
  const shares = classes.map(ownReader);
  return ({ value, probabilities, warnings }) => {
    if (typeof value === 'number' || probabilities === undefined)
      return `"value":${JSON.stringify(value)}${warningsText(warnings)}`;
    let text = heads.get(value)!;
    for (let k = 0; k < classes.length; k++) text += keys[k]! + jsonNumber(shares[k]!(probabilities)!);
    return `${text}}${warningsText(warnings)}`;
  };
}

/** The member `"warnings"` with a comma before it; empty where there are none. */
export function warningsText(warnings: Prediction['warnings']): string {
  return warnings === undefined ? '' : `,"warnings":${JSON.stringify(warnings)}`;
}

function jsonNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null';
}
