import type { Tree } from '../../train/index.ts';
import { type FlatSlots, SLOT_CATEGORY, SLOT_MISSING_HIGH, SLOT_MISSING_LOW } from './flat-model.ts';

/** Which slot a split reads, and the table of all slots. */
export type SlotLayout = { table: FlatSlots; slotOf(feature: number, kind: number): number };

/** One slot for each way in which some split reads a feature: as a number with missing low or high, or as a category. */
export function layOutSlots(trees: readonly Tree[]): SlotLayout {
  const slots = new Map<number, number>();
  const widths: number[] = [];
  for (const tree of trees) {
    for (let node = 0; node < tree.feature.length; node++) {
      if (tree.feature[node]! < 0) continue;
      const id = slotId(tree.feature[node]!, slotKind(tree, node));
      const slot = slots.get(id) ?? slots.size;
      slots.set(id, slot);
      widths[slot] = Math.max(widths[slot] ?? 0, 1 + Math.max(-1, ...(tree.categories[node] ?? [])));
    }
  }
  const ids = [...slots.keys()];
  const table: FlatSlots = {
    count: ids.length,
    feature: Int32Array.from(ids, (id) => Math.floor(id / 3)),
    kind: Uint8Array.from(ids, (id) => id % 3),
    width: Int32Array.from(widths),
  };
  return { table, slotOf: (feature, kind) => slots.get(slotId(feature, kind))! };
}

/** How the split at `node` reads its feature. */
export function slotKind(tree: Tree, node: number): number {
  if (tree.categories[node]) return SLOT_CATEGORY;
  return tree.missingLeft[node] ? SLOT_MISSING_LOW : SLOT_MISSING_HIGH;
}

function slotId(feature: number, kind: number): number {
  return feature * 3 + kind;
}
