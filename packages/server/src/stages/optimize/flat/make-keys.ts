import { type FlatModel, SLOT_CATEGORY, SLOT_MISSING_LOW } from './flat-model.ts';
import { KEY_MISSING_HIGH, KEY_MISSING_LOW, keyOfBits } from './sortable-key.ts';

/** What keys are made for. */
type Keyed = Pick<FlatModel, 'slots' | 'scratch'>;

/** Writes the keys of one row of features into the scratch, at block row 0. */
export function makeRowKeys(flat: Keyed, features: Float32Array): void {
  const { slots, scratch } = flat;
  for (let slot = 0; slot < slots.count; slot++) {
    scratch.keys[slot] = slotKey(flat, slot, features[slots.feature[slot]!]!);
  }
}

/** Writes the keys of rows `from … from + rows - 1` of feature columns into the scratch, row-major. */
export function makeBlockKeys(
  flat: Keyed,
  columns: readonly Float32Array[],
  from: number,
  rows: number,
): void {
  const { slots, scratch } = flat;
  for (let slot = 0; slot < slots.count; slot++) {
    const column = columns[slots.feature[slot]!]!;
    for (let row = 0; row < rows; row++) {
      scratch.keys[row * slots.count + slot] = slotKey(flat, slot, column[from + row]!);
    }
  }
}

function slotKey(flat: Keyed, slot: number, x: number): number {
  const kind = flat.slots.kind[slot]!;
  if (kind === SLOT_CATEGORY) return categoryKey(x, flat.slots.width[slot]!);
  if (Number.isNaN(x)) return kind === SLOT_MISSING_LOW ? KEY_MISSING_LOW : KEY_MISSING_HIGH;
  flat.scratch.cell[0] = x;
  return keyOfBits(flat.scratch.bits[0]!);
}

/** A code some set names, else `width`; missing is `width + 1`. */
function categoryKey(x: number, width: number): number {
  if (Number.isNaN(x)) return width + 1;
  const code = x | 0;
  return code === x && code >= 0 && code < width ? code : width;
}
