/** What a column is as a tensor: numbers with NaN for missing, or strings with "" for missing. */
export type TensorColumn = Float64Array | string[];

/** A tensor of a graph: `dims` holds -1 where the number of rows goes. */
export type TensorInfo = { name: string; type: string; dims: number[] };

/** Runs ONNX graphs. */
export interface OnnxRuntime {
  /**
   * Loads a graph. Refuses, with `bundle.invalid`, bytes that are no model, a model over the adapter's size limit, and
   * one that names tensor data in other files, before the runtime sees it.
   */
  load(model: Uint8Array): Promise<OnnxSession>;
}

/** A loaded graph. Runs take one thread, the caller's, and block it; use a worker for large batches. */
export interface OnnxSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Runs all rows at once; every input by name, all of the same length. Gives every output by name. */
  run(columns: ReadonlyMap<string, TensorColumn>): Promise<Map<string, TensorColumn>>;
  /** Gives the memory back. The session is of no use afterwards. */
  close(): Promise<void>;
}
