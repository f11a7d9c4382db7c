import type { Table } from '../ingest/index.ts';
import type { FeatureMatrix } from '../prepare/index.ts';
import { predictAdditive } from '../train/index.ts';
import { SIGNATURE_FILE, signBundle } from './bundle/bundle-signature.ts';
import { mlflowFiles } from './bundle/mlmodel.ts';
import { checkParity, type ParityReport } from './check-parity.ts';
import { encodeEngineFile } from './engine-file.ts';
import { buildGolden } from './golden.ts';
import { heldOutOf, isRefitted } from './held-out.ts';
import type { BundleFile, BundleManifest, EngineFile, ReferenceProfile } from './model.ts';
import { buildOnnx } from './onnx/build-onnx.ts';
import { graphNames } from './onnx/graph-names.ts';
import type { BundleFiles, BundleStore, OnnxRuntime, Signer } from './ports.ts';
import { scoreReference, scoreWeek } from './profile/build-reference-profile.ts';

export type RepackRequest = {
  /** The bundle of the version that the model was compressed from. */
  files: BundleFiles;
  /** Its engine with the other model. */
  engine: EngineFile;
  /** Rows that the answers are compared on, raw and as features. */
  judged: { table: Table; features: FeatureMatrix };
  importance: Record<string, number>;
  metrics: Record<string, number>;
  from: { model: string; version: number; bundleId: string };
  /** What was tried, for `slipway.json`. */
  history: unknown;
  /** The card of this form, as Markdown. */
  card: string;
  createdAt: string;
};

/**
 * A bundle around another form of a model: the same columns, preparation, decision and profile of the inputs; graph, engine, golden
 * rows and signature anew. As every bundle, it is stored only when graph and engine answer alike. A refitted model has learnt from
 * the rows it was measured on, and so has any other form of it: what it predicted for them before stays what is kept and the reference
 * of the predictions. Otherwise the predictions of the other form on `judged` are the reference, and none are kept.
 *
 * Throws `parity.broken` and `storage.full`.
 */
export async function repackBundle(
  request: RepackRequest,
  ports: { runtime: OnnxRuntime; store: BundleStore; signer: Signer },
): Promise<{ id: string; bytes: number; parity: ParityReport }> {
  const { files, engine, judged } = request;
  const { preparation, model, decision } = engine;
  const onnx = buildOnnx(preparation, model, decision);
  const subject = { preparation, model, decision, ...judged };
  const parity = await checkParity({ ...subject, onnx }, ports.runtime);
  const former = JSON.parse(text(files.get('slipway.json'))) as BundleManifest;
  const manifest: BundleManifest = {
    ...former,
    metrics: request.metrics,
    lineage: { ...former.lineage, from: request.from },
    optimization: request.history,
    golden: buildGolden(subject),
    createdAt: request.createdAt,
  };
  const made = new Map<BundleFile, Uint8Array>([
    ...mlflowFiles(manifest, graphNames(preparation), onnx),
    ['model.onnx', onnx],
    ['slipway.json', json(manifest)],
    ['profile.json', json(profileOf(request))],
    ['trees.json', encodeEngineFile(engine)],
    ['card.md', bytes(request.card)],
  ]);
  if (isRefitted(heldOutOf(files))) made.set('holdout.json', files.get('holdout.json')!);
  made.set(SIGNATURE_FILE, await signBundle(made, ports.signer));
  return { ...(await ports.store.put(made)), parity };
}

/** The inputs as they were trained on, the scores as the other form gives them or as they were before a refit. */
function profileOf({ files, engine, judged, importance }: RepackRequest): ReferenceProfile {
  const former = JSON.parse(text(files.get('profile.json'))) as ReferenceProfile;
  const scores = predictAdditive(engine.model, judged.features);
  const request = { ...engine, scores, importance, heldOut: judged.table };
  const anew = scoreReference(request);
  if (isRefitted(heldOutOf(files))) return { ...former, importance: anew.importance };
  if (former.week === undefined) return { ...former, ...anew };
  const { score: _score, classes: _classes, ...week } = former.week;
  return { ...former, ...anew, week: { ...week, ...scoreWeek(week, anew.score, request) } };
}

function json(value: unknown): Uint8Array {
  return bytes(`${JSON.stringify(value, null, 1)}\n`);
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(content: Uint8Array | undefined): string {
  return new TextDecoder().decode(content);
}
