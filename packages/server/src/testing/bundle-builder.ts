import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../kernel/index.ts';
import type { ColumnType } from '../stages/ingest/index.ts';
import {
  type BundleFile,
  type BundleManifest,
  bundleId,
  type EngineFile,
  encodeEngineFile,
  type ReferenceProfile,
  type Signer,
  signBundle,
} from '../stages/pack/index.ts';
import type { InputColumn, Preparation } from '../stages/prepare/index.ts';
import { loadEngine } from '../stages/serve/index.ts';
import type { AdditiveModel, Tree } from '../stages/train/index.ts';
import { randomModel } from './random-model.ts';

/** A bundle in a folder: what the data plane reads of one, with no training behind it. */
export type BuiltBundle = {
  folder: string;
  bundleId: string;
  engineFile: EngineFile;
  manifest: BundleManifest;
};

const INPUTS: InputColumn[] = [
  { name: 'age', type: 'number', nullable: true },
  { name: 'total charges', type: 'number', nullable: false },
  { name: 'contract', type: 'string', nullable: true },
  { name: 'active', type: 'boolean', nullable: true },
  { name: 'since', type: 'timestamp', nullable: true },
];

/** A row that {@link constantBundle} and its like accept. */
export const GOOD_ROW: BundleManifest['golden']['rows'][number] = {
  age: 41,
  'total charges': 99.5,
  contract: 'Monthly',
  active: true,
  since: '2024-02-29T12:00:00Z',
};

function smallPreparation(): Preparation {
  return {
    task: 'binary',
    target: 'churned',
    classes: ['No', 'Yes'],
    inputs: INPUTS,
    features: [
      { kind: 'number', name: 'age', column: 'age' },
      { kind: 'number', name: 'total charges', column: 'total charges' },
      { kind: 'category', name: 'contract', column: 'contract', levels: ['Monthly', 'Yearly'] },
      { kind: 'number', name: 'active', column: 'active' },
      { kind: 'date-part', name: 'since year', column: 'since', part: 'year' },
    ],
    dropped: [],
    leakage: [],
  };
}

/** A binary model that answers `probability` whatever the row: two of them tell who made an answer. */
export function constantBundle(folder: string, probability: number): Promise<BuiltBundle> {
  const score = Math.log(probability / (1 - probability));
  const model: AdditiveModel = {
    link: 'logistic',
    outputs: 1,
    base: [0],
    trees: [leaf(score)],
    linear: [],
    parts: [],
  };
  return buildBundle(folder, { preparation: smallPreparation(), model }, [GOOD_ROW]);
}

/** A binary model of these classes that gives the second one 0.7, with a target of the type. */
export function classBundle(folder: string, classes: string[], type: ColumnType): Promise<BuiltBundle> {
  const target = { name: 'churned', type };
  const preparation = { ...smallPreparation(), classes, target: target.name, others: [target] };
  const base = [Math.log(0.7 / 0.3)];
  const model: AdditiveModel = { link: 'logistic', outputs: 1, base, trees: [], linear: [], parts: [] };
  return buildBundle(folder, { preparation, model }, [GOOD_ROW]);
}

function leaf(value: number): Tree {
  return {
    output: 0,
    feature: [-1],
    threshold: [0],
    categories: [null],
    left: [-1],
    right: [-1],
    missingLeft: [0],
    value: [value],
    cover: [1],
  };
}

/** A binary model of random trees over `columns` number columns named `x0`, `x1`, … */
export function forestBundle(
  folder: string,
  shape: { trees: number; depth: number; columns: number; seed: number },
): Promise<BuiltBundle> {
  const names = Array.from({ length: shape.columns }, (_, i) => `x${i}`);
  const model = randomModel({
    ...shape,
    levels: names.map(() => 0),
    link: 'logistic',
    outputs: 1,
    linearTerms: false,
  });
  const preparation: Preparation = {
    ...smallPreparation(),
    inputs: names.map((name) => ({ name, type: 'number', nullable: true })),
    features: names.map((name) => ({ kind: 'number', name, column: name })),
  };
  const random = seededRandom(shape.seed);
  const rows = Array.from({ length: 5 }, () =>
    Object.fromEntries(names.map((name) => [name, Math.round(random() * 1000) / 100])),
  );
  const reference = names.map(() => [1, 4, 7]);
  return buildBundle(folder, { preparation, model, reference }, rows);
}

/** Writes the files of a bundle that the data plane reads, truly signed; the golden answers are the model's own. */
export async function buildBundle(
  folder: string,
  parts: Pick<EngineFile, 'preparation' | 'model' | 'reference'>,
  goldenRows: BundleManifest['golden']['rows'],
  profile?: ReferenceProfile,
): Promise<BuiltBundle> {
  const engineFile: EngineFile = { format: 1, ...parts, decision: { threshold: 0.5 } };
  const predictions = loadEngine(engineFile)
    .predict(goldenRows)
    .map(({ value, probabilities }) => ({ value, probabilities }));
  const manifest = manifestOf(engineFile, { rows: goldenRows, predictions });
  const id = await writeBundle(folder, engineFile, manifest, profile);
  return { folder, bundleId: id, engineFile, manifest };
}

function manifestOf(engineFile: EngineFile, golden: BundleManifest['golden']): BundleManifest {
  const { task, target, classes, inputs, others, missingWords, form } = engineFile.preparation;
  return {
    format: 1,
    task,
    target,
    classes,
    inputs,
    ...(others && { others }),
    ...(missingWords && { missingWords }),
    ...(form && { form }),
    decision: engineFile.decision,
    learner: 'random',
    metrics: {},
    primaryMetric: 'roc-auc',
    lineage: { dataset: 'churn', datasetVersion: 1, manifest: '', run: '', seed: 1 },
    optimization: null,
    golden,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** Writes the two files and their `signature.json`, by a key made for it; returns the bundle's id. */
export async function writeBundle(
  folder: string,
  engineFile: EngineFile,
  manifest: BundleManifest,
  profile?: ReferenceProfile,
): Promise<string> {
  const files = new Map<BundleFile, Uint8Array>([
    ['trees.json', encodeEngineFile(engineFile)],
    ['slipway.json', Buffer.from(JSON.stringify(manifest))],
  ]);
  if (profile !== undefined) files.set('profile.json', Buffer.from(JSON.stringify(profile)));
  files.set('signature.json', await signBundle(files, newSigner()));
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  return bundleId(files);
}

function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    sign: async (message) => ({ keyId: 'test', signature: sign(null, message, privateKey) }),
    verify: async () => false,
  };
}
