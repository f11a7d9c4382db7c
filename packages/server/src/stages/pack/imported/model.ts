/**
 * The element types of tensors that can be served: each with its number in ONNX (TensorProto.DataType) and the bytes of
 * one value. A string's bytes are 0: each value lies with its length before it (uint32), as the Open Inference
 * Protocol's BYTES.
 */
export const ELEMENT_TYPES = {
  float32: { onnx: 1, bytes: 4 },
  uint8: { onnx: 2, bytes: 1 },
  int8: { onnx: 3, bytes: 1 },
  uint16: { onnx: 4, bytes: 2 },
  int16: { onnx: 5, bytes: 2 },
  int32: { onnx: 6, bytes: 4 },
  int64: { onnx: 7, bytes: 8 },
  string: { onnx: 8, bytes: 0 },
  bool: { onnx: 9, bytes: 1 },
  float16: { onnx: 10, bytes: 2 },
  float64: { onnx: 11, bytes: 8 },
  uint32: { onnx: 12, bytes: 4 },
  uint64: { onnx: 13, bytes: 8 },
} as const satisfies Record<string, { onnx: number; bytes: number }>;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** A size that is not fixed: its name in the graph, or empty where it has none. */
export type Dimension = number | string;

/** What a graph takes or gives under one name. `shape` is null where not even the number of axes is fixed. */
export type TensorSpec = { name: string; type: ElementType; shape: Dimension[] | null };

/**
 * A tensor as it travels between processes: values row by row, little-endian, without padding; strings as
 * {@link ELEMENT_TYPES} says. Given in parts that follow one another, so that a batch need not be copied together.
 */
export type TensorParts = { name: string; type: ElementType; shape: number[]; parts: readonly Uint8Array[] };

/** The same in one piece. */
export type Tensor = { name: string; type: ElementType; shape: number[]; bytes: Uint8Array };

/** A tensor in a file of JSON: the bytes in base64. */
export type StoredTensor = { name: string; type: ElementType; shape: number[]; base64: string };

export const IMPORTED_TASKS = ['tensor', 'binary', 'multiclass', 'regression'] as const;

/** `tensor`: what the numbers mean is the caller's to know. */
export type ImportedTask = (typeof IMPORTED_TASKS)[number];

/** What was read of a graph before any runtime saw it. */
export type OnnxOutline = {
  irVersion: number;
  producer: string;
  /** By domain; the standard one is called `ai.onnx`. */
  opsets: Record<string, number>;
  nodes: number;
  parameters: number;
  inputs: TensorSpec[];
  /** Inputs that may be left out: the graph has a value for them. */
  optional: TensorSpec[];
  outputs: TensorSpec[];
  /** Outputs that are no tensors, which nobody can ask for: name and what they are. */
  leftOut: { name: string; is: string }[];
};

/** `slipway.json` of a model that was made elsewhere. */
export type TensorManifest = {
  format: 1;
  kind: 'onnx';
  task: ImportedTask;
  /** The output that answers: the first. */
  target: string;
  /** Names of the classes in the order of the model's scores; empty where none were given. */
  classes: string[];
  /**
   * The output that gives the model's own class for each row, or where classes are not known its value; left out where none does, and
   * the highest score decides, or the first output is the value.
   */
  label?: string;
  /** Whether that output gives the place of the class in `classes`. */
  labelIsPlace?: boolean;
  /** The output with a score for each class; left out in older bundles, where it is the first that has as many. */
  scores?: string;
  /** The type of classes in answers; text where it is left out. */
  classType?: 'integer' | 'boolean';
  inputs: TensorSpec[];
  /** Inputs with a value in the graph, which V2 requests may give another; left out where there are none. */
  optional?: TensorSpec[];
  outputs: TensorSpec[];
  graph: Omit<OnnxOutline, 'inputs' | 'optional' | 'outputs'>;
  /** Whether each row answers for itself: proven of the graph, and not contradicted by what it was seen to answer. */
  batchable: boolean;
  /** What was changed of the file so that the runtime takes it and callers can ask for all of it, in sentences. */
  adapted?: string[];
  /** What was decided about the outputs, in sentences; left out where nothing was. */
  decided?: string[];
  /** What the analysis of the graph said. Bundles from before there was one lack it, and prove nothing. */
  rowAnalysis?: RowAnalysis;
  lineage: {
    source: ImportSource;
    sha256: string;
    /** The version that this one was compressed from. */
    from?: { model: string; version: number; bundleId: string };
  };
  /** What was tried to make it lighter, and what came of it. */
  optimization?: unknown;
  /** What the model was given when it was imported, and what it gave; asked again before it takes traffic. */
  golden: { inputs: StoredTensor[]; outputs: StoredTensor[] };
  createdAt: string;
};

/** Where the file came from: its name, and of an MLflow model what its `MLmodel` said. */
export type ImportSource = { file: string; mlflow?: { version?: string; run?: string; uuid?: string } };

/**
 * Whether each row of a model's answer depends on the same row of its inputs alone. Where that is not proven: why not, with the first
 * operator that it is not proven of.
 */
export type RowAnalysis =
  | { independent: true }
  | { independent: false; reason: string; operator?: string; node?: string };

/** What is proven of the rows of an imported model. */
export function rowAnalysisOf({
  rowAnalysis,
  batchable,
}: Pick<TensorManifest, 'rowAnalysis' | 'batchable'>): RowAnalysis {
  if (rowAnalysis === undefined)
    return {
      independent: false,
      reason: 'the version was imported before graphs were analysed; import the file again',
    };
  if (rowAnalysis.independent && !batchable)
    return { independent: false, reason: 'rows that were run together gave other results than alone' };
  return rowAnalysis;
}

/** The newest format and operator set that the runtime takes: ONNX Runtime 1.30. */
export const NEWEST_RUN = { ir: 13, opset: 26 };
/** The newest that are rewritten for it, where nothing in use has changed since. */
export const NEWEST_READ = { ir: 14, opset: 28 };

/** The number of values in a tensor of the shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether requests may be run together at all: the first axis of everything in and out is open. */
export function hasOpenRows(specs: readonly TensorSpec[]): boolean {
  return specs.every(({ shape }) => shape !== null && typeof shape[0] === 'string');
}
