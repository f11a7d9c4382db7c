import type { LabellingStore } from '../../ledger/index.ts';

/** What the room asks of the world. */
export type LabelPorts = {
  store: LabellingStore;
  clock: { now(): number };
};
