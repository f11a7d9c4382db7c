import type { NamedTensor } from './model.ts';

/** Runs graphs of any origin apart from this process: one that crashes, grows or hangs takes nothing along. */
export interface GraphRunner {
  /** Loads a graph. Throws `model.refused-by-runtime` when the runtime does not load it, `model.lost` when it died of it. */
  open(model: Uint8Array): Promise<OpenGraph>;
}

/** A loaded graph; one run at a time. */
export interface OpenGraph {
  /** Every output that is a tensor. Throws `model.run-failed` and `model.lost`. */
  run(inputs: readonly NamedTensor[]): Promise<NamedTensor[]>;
  /** The time of a run that others do not disturb, measured where it runs, and the memory that all of its process takes. */
  measure(inputs: readonly NamedTensor[], runs: number): Promise<GraphCost>;
  close(): void;
}

export type GraphCost = { milliseconds: number; memoryBytes: number };
