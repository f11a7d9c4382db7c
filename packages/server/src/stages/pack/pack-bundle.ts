import { type Table, takeRows } from '../ingest/index.ts';
import { type FeatureMatrix, isMade, isRescaled, isText, type Preparation } from '../prepare/index.ts';
import { type AdditiveModel, sizeInLeaves } from '../train/index.ts';
import { SIGNATURE_FILE, signBundle } from './bundle/bundle-signature.ts';
import { mlflowFiles } from './bundle/mlmodel.ts';
import { checkParity, type ParityReport } from './check-parity.ts';
import { encodeEngineFile } from './engine-file.ts';
import { buildGolden } from './golden.ts';
import { encodeHeldOut, type HeldOut } from './held-out.ts';
import type { BundleFile, BundleManifest, Decision, EngineFile, ReferenceProfile } from './model.ts';
import { buildOnnx } from './onnx/build-onnx.ts';
import { graphNames } from './onnx/graph-names.ts';
import type { BundleStore, OnnxRuntime, Signer } from './ports.ts';
import { buildReferenceProfile } from './profile/build-reference-profile.ts';

export type PackRequest = {
  preparation: Preparation;
  model: AdditiveModel;
  decision: Decision;
  /** The raw rows that the model was trained on: the reference for drift of the inputs. */
  training: Table;
  /** Some training rows as features, which explanations compare with. */
  reference: FeatureMatrix;
  /** The rows of the hold-out, raw and as features: the exported forms are compared on them. */
  holdout: { table: Table; features: FeatureMatrix };
  /** The same rows as the model predicted them before it learnt from them: the reference for drift of the predictions. */
  heldOut: HeldOut;
  /** Importance of input columns by name, on any scale; see `columnImportance` of the optimize stage. */
  importance: Record<string, number>;
  /** The dataset's time column, where it has one. */
  timeColumn?: string | null;
  /** The model card, Markdown. */
  card: string;
} & Pick<BundleManifest, 'learner' | 'metrics' | 'primaryMetric' | 'lineage' | 'optimization' | 'createdAt'>;

export type PackedBundle = { id: string; bytes: number; manifest: BundleManifest; parity: ParityReport };

/**
 * Makes the bundle of DESIGN §5: one ONNX graph over raw columns, compared with the trained model on rows of the hold-out,
 * with everything a server, a monitor and MLflow need, signed and stored.
 *
 * Throws `parity.broken` when an exported form answers differently, `storage.full`.
 */
export async function packBundle(
  request: PackRequest,
  ports: { runtime: OnnxRuntime; store: BundleStore; signer: Signer },
): Promise<PackedBundle> {
  const { preparation, model, decision } = request;
  const { table, features } = evenSample(request.holdout, rowsCompared(model));
  const onnx = buildOnnx(preparation, model, decision);
  const subject = { preparation, model, decision, table, features };
  const parity = await checkParity({ ...subject, onnx }, ports.runtime);
  const manifest = makeManifest(request, buildGolden({ ...subject, ...evenSample(subject, GOLDEN_FROM) }));
  const profile = makeProfile(request);
  const files = new Map<BundleFile, Uint8Array>([
    ...mlflowFiles(manifest, graphNames(preparation), onnx),
    ['model.onnx', onnx],
    ['slipway.json', json(manifest)],
    ['profile.json', json(profile)],
    ['trees.json', encodeEngineFile(engineFileOf(request))],
    ['holdout.json', encodeHeldOut(request.heldOut)],
    ['card.md', text(request.card)],
  ]);
  files.set(SIGNATURE_FILE, await signBundle(files, ports.signer));
  return { ...(await ports.store.put(files)), manifest, parity };
}

/**
 * Rows that the exported forms are compared on at most, and of a large model at least. Each of 2,000 rows agreeing leaves, at
 * 95 %, less than 1 row in 600 that would not; of 500, 1 in 160.
 */
const ROWS_COMPARED = { most: 2000, least: 500 };
/** What the comparison costs at most: rows times leaves, such as 2,000 rows of 20,000 leaves. */
const MOST_LEAVES_COMPARED = 40_000_000;
/** Golden rows are chosen from so many. */
const GOLDEN_FROM = 500;

function rowsCompared(model: AdditiveModel): number {
  const rows = Math.floor(MOST_LEAVES_COMPARED / Math.max(1, sizeInLeaves(model)));
  return Math.min(ROWS_COMPARED.most, Math.max(ROWS_COMPARED.least, rows));
}

/** Rows evenly over the table, the first among them. */
function evenSample({ table, features }: PackRequest['holdout'], most: number): PackRequest['holdout'] {
  if (table.rows <= most) return { table, features };
  const rows = Int32Array.from({ length: most }, (_, i) => Math.floor((i * table.rows) / most));
  const columns = features.columns.map((values) => Float32Array.from(rows, (row) => values[row]!));
  return { table: takeRows(table, rows), features: { ...features, rows: most, columns } };
}

function makeManifest(request: PackRequest, golden: BundleManifest['golden']): BundleManifest {
  const { preparation, decision, learner, metrics, primaryMetric, lineage, optimization, createdAt } =
    request;
  const { task, target, classes, inputs, others, missingWords, form } = preparation;
  return {
    format: 1,
    task,
    target,
    classes,
    inputs,
    ...(others && { others }),
    ...(missingWords && { missingWords }),
    ...(form && { form }),
    decision,
    learner,
    metrics,
    primaryMetric,
    lineage,
    optimization,
    golden,
    createdAt,
  };
}

function makeProfile(request: PackRequest): ReferenceProfile {
  const { preparation, decision, importance, heldOut, holdout, training, timeColumn = null } = request;
  const { predictions: scores } = heldOut;
  const subject = { preparation, decision, importance, timeColumn };
  return buildReferenceProfile({ ...subject, table: training, scores, heldOut: holdout.table });
}

/** In the oldest format that holds the model. */
function engineFileOf({ preparation, model, decision, reference }: PackRequest): EngineFile {
  return {
    format: formatOf(preparation, model, decision),
    preparation,
    model,
    decision,
    reference: reference.columns.map((values) => [...values]),
  };
}

function formatOf(
  { features }: Preparation,
  { parts }: AdditiveModel,
  { costMatrix }: Decision,
): EngineFile['format'] {
  if (costMatrix !== undefined) return 5;
  if (features.some(isRescaled)) return 4;
  if (features.some((spec) => isText(spec) || isMade(spec))) return 3;
  return parts.length > 0 ? 2 : 1;
}

function json(value: unknown): Uint8Array {
  return text(`${JSON.stringify(value, null, 1)}\n`);
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
