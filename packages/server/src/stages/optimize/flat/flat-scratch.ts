import { BLOCK_ROWS, type FlatScratch } from './flat-model.ts';

/** Room for the keys of a block of rows. */
export function newScratch(slots: number, blockRows = BLOCK_ROWS): FlatScratch {
  const cell = new Float32Array(1);
  return { cell, bits: new Int32Array(cell.buffer), keys: new Int32Array(Math.max(1, slots) * blockRows) };
}
