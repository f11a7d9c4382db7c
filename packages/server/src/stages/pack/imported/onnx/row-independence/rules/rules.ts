import type { Rule } from '../operation.ts';
import { CLASSICAL, TEXTS } from './classical.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INDEXING } from './indexing.ts';
import { PRODUCTS } from './linear-algebra.ts';
import { REDUCING } from './reduction.ts';
import { SHAPES } from './shape.ts';

const STANDARD = new Map(
  [ELEMENTWISE, SHAPES, REDUCING, INDEXING, PRODUCTS, CONVOLUTIONS, TEXTS].flatMap((rules) =>
    Object.entries(rules),
  ),
);
const MACHINE_LEARNING = new Map(Object.entries(CLASSICAL));

/** What is known of an operator; undefined for one that is not analysed. */
export function ruleOf(domain: string, opType: string): Rule | undefined {
  if (domain === '' || domain === 'ai.onnx') return STANDARD.get(opType);
  return domain === 'ai.onnx.ml' ? MACHINE_LEARNING.get(opType) : undefined;
}

/** Operators that draw numbers: what they give a row depends on those before it. */
export const RANDOM = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** Operators with graphs inside, which are not analysed. */
export const CONTROL_FLOW = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

/** What well-known operators do that no rule can prove anything of. */
export const WHY_NOT = new Map([
  ['DynamicQuantizeLinear', 'takes its scale from the smallest and largest value of all rows'],
  ['NonZero', 'gives the places of all rows in one list'],
  ['Unique', 'compares the values of all rows'],
  ['NonMaxSuppression', 'gives the boxes of all rows in one list'],
  ['Optional', 'may give nothing'],
  ['StringSplit', 'gives as many columns as the longest row needs'],
]);
