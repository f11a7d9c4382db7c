import type { LabellingStore } from '../../metadata/index.ts';

/** What the module requires of its environment. */
export type LabelPorts = {
  store: LabellingStore;
  clock: { now(): number };
};
