import type { AdditiveModel } from '../../train/index.ts';
import { compileLinear } from './compile-linear.ts';
import { compileTrees } from './compile-trees.ts';
import type { FlatModel } from './flat-model.ts';
import { newScratch } from './flat-scratch.ts';
import { layOutSlots } from './lay-out-slots.ts';
import { compilePart } from './parts/compile-part.ts';

/**
 * Compiles an additive model to the flat form. Leaf choice is bit-equal to the meaning given in train's `Tree`,
 * and terms are added in the same order.
 */
export function compileFlat(model: AdditiveModel): FlatModel {
  const slots = layOutSlots(model.trees);
  const trees = compileTrees(model.trees, slots);
  const linear = compileLinear(model.linear, model.outputs);
  const base = Float64Array.from(model.base);
  const parts = model.parts.map((part) => compilePart(part, model));
  const tables = [
    base,
    slots.table.feature,
    slots.table.kind,
    slots.table.width,
    ...arraysOf(trees),
    ...arraysOf(linear),
  ];
  return {
    link: model.link,
    outputs: model.outputs,
    base,
    slots: slots.table,
    trees,
    linear,
    parts,
    bytes: [...tables, ...parts.map(({ bytes }) => ({ byteLength: bytes }))].reduce(
      (sum, table) => sum + table.byteLength,
      0,
    ),
    scratch: newScratch(slots.table.count),
  };
}

function arraysOf(tables: object): ArrayBufferView[] {
  return Object.values(tables).filter((value) => ArrayBuffer.isView(value));
}
