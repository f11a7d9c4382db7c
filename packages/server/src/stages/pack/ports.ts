import type { Tensor, TensorParts, TensorSpec } from './imported/model.ts';
import type { BundleFile } from './model.ts';

/** What a column is as a tensor: numbers with NaN for missing, truth as 0 and 1, or strings with "" for missing. */
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

/** Signs with the installation's key and knows the keys it trusts. Ed25519; key ids are the SHA-256 of the public key. */
export interface Signer {
  sign(message: Uint8Array): Promise<Signature>;
  /** Whether `signature` holds for `message`; false also when its key is not trusted. */
  verify(message: Uint8Array, signature: Signature): Promise<boolean>;
}

export type Signature = { keyId: string; signature: Uint8Array };

export type BundleFiles = ReadonlyMap<BundleFile, Uint8Array>;

/** Where bundles live, each a folder named by its id, the SHA-256 of its `signature.json`. */
export interface BundleStore {
  /**
   * Stores a signed bundle. Durable when it resolves: written to a temporary folder, every file and the folder
   * synced, renamed to the id. The same bundle twice is one folder. Throws `bundle.invalid` when the signature does
   * not hold for exactly these files, and `storage.full`.
   */
  put(files: BundleFiles): Promise<{ id: string; bytes: number }>;

  /** The bundle, after its id, signature and every file's hash were checked. Throws `bundle.invalid`. */
  open(id: string): Promise<{ folder: string; files: BundleFiles }>;

  /** How many bundles there are, and how many {@link collect} would remove. */
  countUnused(keep: ReadonlySet<string>, olderThanMs: number): Promise<{ stored: number; unused: number }>;

  /**
   * Removes bundles that `keep` does not name and that were stored longer ago than `olderThanMs`; returns how many went.
   * One that is stored again meanwhile stays.
   */
  collect(keep: ReadonlySet<string>, olderThanMs: number): Promise<number>;
}

/** What a tensor model runs on; `cpu` is always there, others where this machine has them. */
export type ExecutionProvider = string;

/** A graph to be loaded into a process of its own. */
export type ModelProcessRequest = {
  /** The ONNX file on this machine. */
  path: string;
  /** SHA-256 of the file, lower-case hex: nothing else is loaded. */
  sha256: string;
  /** Tried in this order. */
  providers: readonly ExecutionProvider[];
  /** The process is ended when it takes more. */
  memoryBytes: number;
  /** Longest time that starting and loading may take. */
  loadTimeoutMs: number;
};

/** Runs ONNX graphs of any origin in processes that may die: native code that crashes, grows or hangs takes nothing along. */
export interface ModelProcesses {
  /**
   * Starts a process and loads the graph in it. Throws `model.lost` when it died, grew or took too long, `model.refused-by-runtime`
   * when ONNX Runtime does not load it or a provider is not there; then no process is left.
   */
  start(request: ModelProcessRequest): Promise<MeasurableProcess>;
}

/** What runs of a graph cost. */
export type RunCost = { milliseconds: number; memoryBytes: number };

/** A process that holds one graph and does one run at a time. */
export interface ModelProcess {
  readonly pid: number;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Runs the graph once. One run at a time. Throws `model.run-failed` when the runtime refuses the inputs (the process goes
   * on), `predict.answer-too-large` when the outputs take more than `maxOutputBytes`, before any of them is fetched (the process goes
   * on), `model.lost` when the process died on it or took longer than `timeoutMs`, upon which it is killed.
   */
  run(inputs: readonly TensorParts[], timeoutMs: number, maxOutputBytes?: number): Promise<Tensor[]>;
  /** Memory that it holds now; undefined where the system does not tell. */
  residentBytes(): number | undefined;
  /** Resolves when the process has ended, with what is known of why. */
  readonly ended: Promise<string>;
  /** Ends the process at once. */
  kill(): void;
}

/** A process that says what its runs cost. */
export interface MeasurableProcess extends ModelProcess {
  /**
   * Runs the graph so many times and says the time that a fifth of the runs stay below, as the process itself sees it, and the
   * memory that it takes then. Throws as `run` does; the time limit is for all runs together.
   */
  measure(inputs: readonly TensorParts[], runs: number, timeoutMs: number): Promise<RunCost>;
}
