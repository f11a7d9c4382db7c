import { fail } from '@slipway/contract';
import {
  type AnyManifest,
  type BundleFiles,
  type BundleManifest,
  decodeEngineFile,
  decodeForecastFile,
  decodeGraphFile,
  signedHashes,
  type TensorManifest,
  takesTensors,
} from '../../stages/pack/index.ts';
import { processRun } from '../graph/process-run.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { type ModelRows, modelRows } from '../jobs/wanted-table.ts';
import type { BatchInput, BatchModel } from '../model.ts';
import { additivePredictor } from './additive-predictor.ts';
import { forecastPredictor } from './forecast-predictor.ts';
import { graphPredictor, type ImportedStarter } from './graph-predictor.ts';
import type { BatchPredictor } from './model.ts';
import { tensorPredictor } from './tensor-predictor.ts';
import { reasonToStayWhole } from './whole-request.ts';

type Opened = { folder: string; files: BundleFiles };

/** A predictor, and what a file of rows for it is read by. */
export type OpenedPredictor = BatchPredictor & { rows: ModelRows };

/**
 * The model version of a batch, ready to predict. Throws `predict.takes-tensors`, `predict.no-explanation` where it can
 * explain nothing, `bundle.invalid`, and what starting a model's process throws.
 */
export async function openPredictor(
  { model, explain }: Pick<BatchInput, 'model' | 'explain'>,
  ports: JobPorts,
): Promise<OpenedPredictor> {
  const opened = await ports.bundles.open(model.bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(opened.files.get('slipway.json'))) as AnyManifest;
  if (!takesTensors(manifest)) {
    const rows = modelRows(manifest, model.name);
    return { ...(await ownPredictor(manifest, opened, explain, ports)), rows };
  }
  if (explain) throw fail('predict.no-explanation', {}, { path: 'explain' });
  const predictor = await tensors(model, manifest, opened, ports);
  const required = predictor.inputs.map(({ name }) => name);
  return { ...predictor, rows: { columns: predictor.inputs, required } };
}

/** Of a model that was trained here. */
async function ownPredictor(
  manifest: BundleManifest,
  { folder, files }: Opened,
  explain: boolean,
  { models }: JobPorts,
): Promise<BatchPredictor> {
  if (manifest.graph !== undefined) {
    if (explain) throw fail('graph.no-explanation', { name: manifest.graph.graph.name }, { path: 'explain' });
    return graphPredictor(
      decodeGraphFile(files.get('graph.json')!),
      manifest,
      importedStarter({ folder, files }, models),
    );
  }
  if (manifest.task !== 'forecast') {
    const file = decodeEngineFile(files.get('trees.json')!);
    if (explain && file.reference === undefined) throw fail('predict.no-explanation');
    return additivePredictor(file, explain);
  }
  if (explain) throw fail('predict.no-explanation', {}, { path: 'explain' });
  const file = decodeForecastFile(files.get('forecast.json')!);
  return forecastPredictor(file, manifest.forecast!.levels);
}

function importedStarter(
  { folder, files }: Opened,
  { processes, limits }: JobPorts['models'],
): ImportedStarter {
  const hashes = signedHashes(files.get('signature.json')!);
  return async ({ file }) => {
    const model = { path: `${folder}/${file}`, sha256: hashes.get(file)!, providers: ['cpu'], ...limits };
    const process = await processes.start(model);
    return { process, run: processRun(process, limits.runTimeoutMs) };
  };
}

function tensors(
  { name, rowsIndependent }: BatchModel,
  manifest: TensorManifest,
  { folder, files }: Opened,
  { models: { processes, limits } }: JobPorts,
): Promise<BatchPredictor> {
  const sha256 = signedHashes(files.get('signature.json')!).get('model.onnx')!;
  const graph = { path: `${folder}/model.onnx`, sha256, providers: ['cpu'], ...limits };
  const { runTimeoutMs } = limits;
  const whole = reasonToStayWhole(manifest, rowsIndependent);
  return tensorPredictor({ name, manifest, whole, runTimeoutMs, start: () => processes.start(graph) });
}
