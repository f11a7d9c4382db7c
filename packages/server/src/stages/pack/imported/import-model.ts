import { fail, isFailure } from '@slipway/contract';
import { SIGNATURE_FILE, signBundle } from '../bundle/bundle-signature.ts';
import type { BundleFile } from '../model.ts';
import type { BundleStore, ModelProcesses, Signer } from '../ports.ts';
import { chooseAnswers } from './choose-answers.ts';
import type { ExampleInput } from './example-input.ts';
import { renderCard } from './imported-card.ts';
import { renderTensorMlmodel } from './imported-mlmodel.ts';
import type {
  ImportedTask,
  ImportSource,
  OnnxOutline,
  RowAnalysis,
  Tensor,
  TensorManifest,
  TensorSpec,
} from './model.ts';
import { type AdaptedModel, adaptModel } from './onnx/adapt-model.ts';
import { computeInFloat32 } from './onnx/compute-in-float32.ts';
import { graphClasses } from './onnx/graph-classes.ts';
import { readOutline } from './onnx/read-outline.ts';
import { analyseRows } from './onnx/row-independence/analyse-rows.ts';
import { readUpload } from './read-upload.ts';
import { stored, type Trial, type TrialLimits, tryModel } from './try-model.ts';

export type ImportRequest = {
  /** The name of the model, for its card. */
  name: string;
  /** As it was uploaded: an ONNX file, or an MLflow model as tar, tar.gz or zip. */
  file: { name: string; bytes: Uint8Array };
  task: ImportedTask;
  classes: string[];
  /** The output that gives the class or the value of each row. */
  labelOutput?: string | undefined;
  example: ExampleInput | undefined;
  limits: ImportLimits;
  createdAt: string;
  /** Of a lighter form of another version: what that one was, what was tried, and what it was asked. */
  optimized?: {
    from: NonNullable<TensorManifest['lineage']['from']>;
    source: ImportSource;
    history: unknown;
    given: readonly Tensor[];
  };
};

export type ImportLimits = TrialLimits & { maxBytes: number; maxNodes?: number };

export type ImportPorts = {
  processes: ModelProcesses;
  store: BundleStore;
  signer: Signer;
  /** Puts the graph where a process can read it. */
  place: (model: Uint8Array) => Promise<{ path: string; sha256: string }>;
};

export type ImportedModel = { id: string; bytes: number; manifest: TensorManifest };

/**
 * Makes a bundle of a model that was made elsewhere: looked through by ourselves first, then tried in a process of its own,
 * then signed and stored.
 *
 * Throws what {@link readUpload}, {@link adaptModel}, {@link readOutline} and {@link tryModel} throw, and `storage.full`.
 */
export async function importModel(request: ImportRequest, ports: ImportPorts): Promise<ImportedModel> {
  const { name: file, bytes } = request.file;
  const { model: uploaded, source } = readUpload(bytes, file, request.limits.maxBytes);
  const adapted = adaptModel(uploaded, file, request.limits.maxNodes);
  const { optimized } = request;
  const { model, changes, outline, opened, sha256, trial } = await tried(adapted, request, ports);
  checkClasses(request, trial);
  const { decided, ...answers } = chooseAnswers({
    answered: trial.answered,
    classes: request.classes,
    ofGraph: request.task === 'regression' ? undefined : graphClasses(uploaded),
    labelOutput: request.labelOutput,
  });
  const { inputs: _in, outputs: _out, optional, ...graph } = outline;
  const manifest: TensorManifest = {
    format: 1,
    kind: 'onnx',
    task: request.task,
    target: answers.label ?? trial.outputs[0]!.name,
    ...answers,
    ...(decided.length > 0 && { decided }),
    inputs: trial.inputs,
    ...(optional.length > 0 && { optional }),
    outputs: trial.outputs,
    graph,
    ...(changes.length + opened.length > 0 && { adapted: [...changes, ...opened] }),
    batchable: trial.batchable,
    rowAnalysis: trial.rows,
    lineage: { source: optimized?.source ?? source, sha256, ...(optimized && { from: optimized.from }) },
    ...(optimized && { optimization: optimized.history }),
    golden: goldenOf(trial),
    createdAt: request.createdAt,
  };
  const files = new Map<BundleFile, Uint8Array>([
    ['MLmodel', text(renderTensorMlmodel(manifest, model))],
    ['model.onnx', model],
    ['slipway.json', text(`${JSON.stringify(manifest, null, 1)}\n`)],
    ['card.md', text(renderCard(request.name, manifest, model.byteLength))],
  ]);
  files.set(SIGNATURE_FILE, await signBundle(files, ports.signer));
  return { ...(await ports.store.put(files)), manifest };
}

type Tried = {
  model: Uint8Array;
  changes: string[];
  outline: OnnxOutline;
  opened: string[];
  sha256: string;
  trial: Trial;
};
type Adapted = Pick<AdaptedModel, 'model' | 'changes'>;

/** Tries the model; one of bfloat16 with which the runtime cannot compute is tried again in float32. */
async function tried(adapted: Adapted, request: ImportRequest, ports: ImportPorts): Promise<Tried> {
  try {
    return await tryOnce(adapted, request, ports);
  } catch (error) {
    const model = isFailure(error, 'model.fails') ? computeInFloat32(adapted.model) : undefined;
    if (model === undefined) throw error;
    return await tryOnce({ model, changes: [...adapted.changes, IN_FLOAT32] }, request, ports);
  }
}

const IN_FLOAT32 =
  'The runtime has no operators of bfloat16: the model computes in float32, which holds every weight of it; its answers differ from those of bfloat16 by the rounding of that.';

async function tryOnce(
  { model, changes }: Adapted,
  { file: { name: file }, example, limits, optimized }: ImportRequest,
  ports: ImportPorts,
): Promise<Tried> {
  const rows = analyseRows(model);
  const { outline, changes: opened } = withOpenRows(readOutline(model, file, limits.maxNodes), rows);
  const { path, sha256 } = await ports.place(model);
  const given = optimized === undefined || optimized.given.length === 0 ? undefined : optimized.given;
  const trial = await tryModel(
    { file, path, sha256, outline, rows, example, given, limits },
    ports.processes,
  );
  return { model, changes, outline, opened, sha256, trial };
}

/**
 * Some converters declare outputs of one row, whatever there is of the inputs; where rows are proven independent, each output has one for
 * each.
 */
function withOpenRows(outline: OnnxOutline, rows: RowAnalysis): { outline: OnnxOutline; changes: string[] } {
  const isClosed = ({ shape }: TensorSpec) => rows.independent && typeof shape?.[0] === 'number';
  const outputs = outline.outputs.map((spec) =>
    isClosed(spec) ? { ...spec, shape: ['', ...spec.shape!.slice(1)] } : spec,
  );
  const changes = outline.outputs
    .filter(isClosed)
    .map(
      ({ name, shape }) =>
        `The output "${name}" is declared with ${shape![0]} rows, and has one for each row of the inputs.`,
    );
  return { outline: { ...outline, outputs }, changes };
}

/** Classes have an order, which is that of the last axis of the scores. Throws `request.invalid`. */
function checkClasses({ classes }: ImportRequest, { outputs }: Trial): void {
  if (classes.length === 0) return;
  const fits = outputs.some(({ shape }) => {
    const last = shape?.at(-1);
    return shape !== null && shape.length >= 1 && (typeof last === 'string' || last === classes.length);
  });
  if (fits) return;
  const reason = `there are ${classes.length} labels, and no output has as many scores`;
  throw fail('request.invalid', { reason }, { path: 'labels' });
}

/** A golden answer that is longer is not kept; loading then checks only that the model answers at all. */
const MOST_GOLDEN_BYTES = 4 * 1024 * 1024;

function goldenOf({ given, answered, isSteady }: Trial): TensorManifest['golden'] {
  const sum = (tensors: Trial['given']) => tensors.reduce((total, { bytes }) => total + bytes.byteLength, 0);
  const fits = sum(given) + sum(answered) <= MOST_GOLDEN_BYTES;
  return {
    inputs: fits ? given.map(stored) : [],
    outputs: fits && isSteady ? answered.map(stored) : [],
  };
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
