import { fail, isFailure } from '@slipway/contract';
import type { ModelProcess, ModelProcesses } from '../ports.ts';
import { compareTensors } from './compare-tensors.ts';
import { type ExampleInput, exampleTensors } from './example-input.ts';
import {
  hasOpenRows,
  type OnnxOutline,
  type RowAnalysis,
  type StoredTensor,
  sizeOf,
  type Tensor,
  type TensorSpec,
} from './model.ts';
import { joinRows, sliceRows } from './rows.ts';
import { madeInputs, OPEN_SIZES } from './warm-up.ts';

export type TrialRequest = {
  file: string;
  path: string;
  sha256: string;
  outline: OnnxOutline;
  /** What the graph proves of its rows. */
  rows: RowAnalysis;
  example: ExampleInput | undefined;
  /** Tensors in the place of an example. */
  given?: readonly Tensor[] | undefined;
  limits: TrialLimits;
};

export type TrialLimits = { memoryBytes: number; loadTimeoutMs: number; runTimeoutMs: number };

/** What a model did in a process of its own. */
export type Trial = {
  inputs: TensorSpec[];
  outputs: TensorSpec[];
  /** Whether the same input gave the same answer twice. */
  isSteady: boolean;
  /** Whether each row answers for itself: proven, and seen. */
  batchable: boolean;
  rows: RowAnalysis;
  given: Tensor[];
  answered: Tensor[];
};

/**
 * Loads the model in a process of its own and runs it: on the example, or on an input made from its shapes; twice, to see
 * whether it answers the same; and, where the graph proves that its rows answer for themselves, on rows apart and together, to see
 * that they do.
 *
 * Throws `model.fails` when it crashes, hangs, grows or is not loaded, `model.needs-example`, `request.invalid` for an example that does
 * not fit.
 */
export async function tryModel(request: TrialRequest, processes: ModelProcesses): Promise<Trial> {
  const process = await start(request, processes);
  try {
    const specs = agreedSpecs(request, process);
    const { given, answered } = await firstRun(request, process, specs.inputs);
    const again = await run(request, process, given);
    const isSteady = compareTensors(answered, again) === undefined;
    const rows: RowAnalysis = isSteady
      ? request.rows
      : { independent: false, reason: 'the model gives another answer to the same input each time' };
    const seen = { ...specs, outputs: withSeenAxes(specs.outputs, answered) };
    const batchable = rows.independent && (await rowsAreApart(request, process, seen, given));
    return { ...seen, isSteady, batchable, rows, given, answered };
  } catch (error) {
    throw asVerdict(request, error);
  } finally {
    process.kill();
  }
}

async function start(
  { file, path, sha256, limits }: TrialRequest,
  processes: ModelProcesses,
): Promise<ModelProcess> {
  try {
    return await processes.start({ path, sha256, providers: ['cpu'], ...limits });
  } catch (error) {
    if (isFailure(error, 'model.refused-by-runtime') || isFailure(error, 'model.lost'))
      throw fail('model.fails', { file, reason: wayOut(String(error.details.reason)) }, { cause: error });
    throw error;
  }
}

/** Converters write double for a table of pandas, for which the runtime lacks operators that it has for float32. */
function wayOut(reason: string): string {
  if (!reason.startsWith('Could not find an implementation')) return reason;
  return `${reason}. The runtime has this operator for float32: export the model in it, such as to_onnx(model, table.astype({"column": np.float32})) of skl2onnx for each column of numbers, or torch.onnx.export(model.float(), (x.float(),), path)`;
}

function asVerdict({ file }: TrialRequest, error: unknown): unknown {
  if (!isFailure(error, 'model.lost')) return error;
  return fail('model.fails', { file, reason: String(error.details.reason) }, { cause: error });
}

/** What we read and what the runtime says must be one; where we know less, the runtime's inference of shapes fills in. */
function agreedSpecs(
  { file, outline }: TrialRequest,
  process: ModelProcess,
): Pick<Trial, 'inputs' | 'outputs'> {
  const agree = (what: string, ours: readonly TensorSpec[], theirs: readonly TensorSpec[]) =>
    ours.map((spec) => {
      const other = theirs.find(({ name }) => name === spec.name);
      if (other?.type !== spec.type || theirs.length < ours.length)
        throw fail('model.refused', { file, reason: `the runtime sees another ${what} than "${spec.name}"` });
      return spec.shape === null && other.shape !== null && other.shape.length > 0
        ? { ...spec, shape: other.shape }
        : spec;
    });
  return {
    inputs: agree('input', outline.inputs, process.inputs),
    outputs: agree('output', outline.outputs, process.outputs),
  };
}

/** An output whose shape neither graph nor runtime knows has as many axes as its first answer, each of any size. */
function withSeenAxes(outputs: readonly TensorSpec[], answered: readonly Tensor[]): TensorSpec[] {
  return outputs.map((spec, i) =>
    spec.shape === null ? { ...spec, shape: answered[i]!.shape.map(() => '') } : spec,
  );
}

async function firstRun(
  request: TrialRequest,
  process: ModelProcess,
  inputs: readonly TensorSpec[],
): Promise<{ given: Tensor[]; answered: Tensor[] }> {
  if (request.given !== undefined)
    return { given: [...request.given], answered: await run(request, process, request.given) };
  if (request.example !== undefined) {
    const given = exampleTensors(inputs, request.example);
    return { given, answered: await run(request, process, given) };
  }
  let reason = 'they would be too large';
  for (const size of OPEN_SIZES) {
    const given = madeInputs(inputs, 1, size);
    if (given === undefined) continue;
    try {
      return { given, answered: await run(request, process, given) };
    } catch (error) {
      if (!isFailure(error, 'model.run-failed')) throw error;
      reason = String(error.details.reason);
    }
    if (
      !inputs.some(({ shape }) => shape === null || shape.slice(1).some((each) => typeof each === 'string'))
    )
      break;
  }
  throw fail('model.needs-example', { file: request.file, reason });
}

function run({ limits }: TrialRequest, process: ModelProcess, given: readonly Tensor[]): Promise<Tensor[]> {
  const parts = given.map(({ bytes, ...tensor }) => ({ ...tensor, parts: [bytes] }));
  return process.run(parts, limits.runTimeoutMs);
}

/** Rows that are different, apart and together. Seen of a few made rows, which alone would prove nothing. */
async function rowsAreApart(
  request: TrialRequest,
  process: ModelProcess,
  { inputs, outputs }: Pick<Trial, 'inputs' | 'outputs'>,
  given: readonly Tensor[],
): Promise<boolean> {
  if (!hasOpenRows([...inputs, ...outputs]) || inputs.length === 0) return false;
  const sizes = given.map(({ shape }) => shape.slice(1));
  const fixed = inputs.map((spec, i) => ({ ...spec, shape: ['', ...sizes[i]!] }));
  const rows = madeInputs(fixed, 3, 1);
  if (rows === undefined || sizes.some((size) => sizeOf(size) === 0)) return false;
  try {
    const together = await run(request, process, rows);
    const apart = [];
    for (let row = 0; row < 3; row++) apart.push(await run(request, process, sliceRows(rows, row, row + 1)));
    const hasRows = together.every(({ shape }) => shape[0] === 3);
    return hasRows && compareTensors(together, joinRows(apart)) === undefined;
  } catch (error) {
    if (isFailure(error, 'model.run-failed')) return false;
    throw error;
  }
}

export function stored({ bytes, ...tensor }: Tensor): StoredTensor {
  return { ...tensor, base64: Buffer.from(bytes).toString('base64') };
}

export function unstored({ base64, ...tensor }: StoredTensor): Tensor {
  return { ...tensor, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
}
