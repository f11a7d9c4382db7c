import { type GraphMember, type GraphNode, type GraphTree, graphNodes, isFailure } from '@slipway/contract';
import type { ModelVersion, Stores } from '../../metadata/index.ts';
import { badSpec } from '../../stages/deploy/index.ts';
import {
  type AnyManifest,
  type BundleFiles,
  type BundleManifest,
  GRAPH_MODEL_FILES,
  type GraphFile,
  type GraphModelFile,
  type ImportedMember,
  importedMember,
  type MemberShape,
  type ReferenceProfile,
  signedHashes,
  type TensorManifest,
  takesTensors,
} from '../../stages/pack/index.ts';
import type { PipelineRunPorts } from '../ports.ts';

/** A version of a model at a node, with its bundle read. */
export type Member = {
  node: Extract<GraphTree, { kind: 'model' }>;
  member: GraphMember;
  files: BundleFiles;
} & (
  | { kind: 'trained'; manifest: BundleManifest }
  | {
      kind: 'imported';
      manifest: TensorManifest;
      shape: ImportedMember;
      model: { path: string; sha256: string };
    }
);

/** The models at the nodes of a graph, from the root down. Throws `endpoint.bad-spec` for what a graph cannot hold. */
export async function membersOf(
  { database, bundles }: Pick<PipelineRunPorts, 'database' | 'bundles'>,
  tree: GraphTree,
): Promise<Member[]> {
  const members: Member[] = [];
  const opened = new Map<string, Awaited<ReturnType<typeof bundles.open>>>();
  for (const node of graphNodes(tree)) {
    if (node.kind !== 'model') continue;
    const version = await versionOf(database.stores, node);
    const { model, version: number, bundleId } = version;
    const bundle = opened.get(bundleId) ?? (await bundles.open(bundleId));
    opened.set(bundleId, bundle);
    const alias = 'alias' in node.named ? node.named.alias : null;
    const member: GraphMember = { path: node.path, model, version: number, bundleId, alias };
    members.push(memberAt(node, member, bundle));
  }
  return members;
}

function memberAt(
  node: Member['node'],
  member: GraphMember,
  { folder, files }: { folder: string; files: BundleFiles },
): Member {
  const manifest = readJson<AnyManifest>(files, 'slipway.json');
  if (!takesTensors(manifest))
    return { kind: 'trained', node, member, files, manifest: ofRows(node, manifest, files) };
  const { path, at, features } = node;
  const says = `node ${path} names ${member.model}@${member.version}, an imported ONNX model`;
  const sha256 = signedHashes(files.get('signature.json')!).get('model.onnx')!;
  return {
    kind: 'imported',
    ...{ node, member, files, manifest },
    shape: importedMember(manifest, { says, at, features }),
    model: { path: `${folder}/model.onnx`, sha256 },
  };
}

/** Throws `endpoint.bad-spec` where the model has no such version or alias. */
async function versionOf({ models }: Stores, { model, named, at }: Member['node']): Promise<ModelVersion> {
  const path = `${at}.model`;
  if ((await models.find(model)) === undefined) throw badSpec(`there is no model ${model}`, path);
  if ('alias' in named) {
    const found = await models.aliased(model, named.alias);
    if (found !== undefined) return found;
    const aliases = (await models.aliases(model)).map(({ alias }) => alias);
    throw badSpec(`${model} has no alias ${named.alias}; it has ${aliases.join(', ') || 'none'}`, path);
  }
  try {
    return await models.version(model, named.version);
  } catch (error) {
    if (isFailure(error, 'model.version-missing'))
      throw badSpec(`there is no ${model}@${named.version}`, path);
    throw error;
  }
}

/** Throws `endpoint.bad-spec` for what a graph cannot hold. */
function ofRows(
  { model, at, features, path: named }: Member['node'],
  manifest: BundleManifest,
  files: BundleFiles,
): BundleManifest {
  const path = `${at}.model`;
  if (manifest.graph !== undefined) throw badSpec(`${model} is a graph itself; write its nodes here`, path);
  if (!files.has('trees.json'))
    throw badSpec(`${model} is a forecast, whose answers depend on a series and not on a row`, path);
  if (features === null) return manifest;
  const reason = `node ${named} names ${model}, which was trained here and knows its columns; leave features out, and map names with columns`;
  throw badSpec(reason, `${at}.features`);
}

/** What a graph needs to know of a member. */
export function shapeOf(member: Member): MemberShape {
  return member.kind === 'trained' ? member.manifest : member.shape;
}

/** The reference profile of a trained member. */
export function profileOf({ kind, files }: Member): ReferenceProfile | undefined {
  return kind === 'trained' ? readJson<ReferenceProfile>(files, 'profile.json') : undefined;
}

/**
 * Throws `endpoint.bad-spec` where the imported models take more than `maxBytes` together: the bundle of a graph holds them all.
 */
export function refuseLarge(members: readonly Member[], maxBytes: number): void {
  const imported = importedOf(members);
  const bytes = imported.reduce((sum, { files }) => sum + files.get('model.onnx')!.byteLength, 0);
  if (bytes <= maxBytes) return;
  const mib = (size: number) => `${Math.ceil(size / 1024 ** 2)} MiB`;
  const reason = `its imported models take ${mib(bytes)} together, and the limit is ${mib(maxBytes)} (pack.maxModelMegabytes); leave one out, or optimize it first with slipway optimize`;
  throw badSpec(reason, 'graph');
}

type Imported = Extract<Member, { kind: 'imported' }>;

/** The imported members, each model once. */
export function importedOf(members: readonly Member[]): Imported[] {
  const all = members.filter((each) => each.kind === 'imported');
  return [...new Map(all.map((each) => [each.member.bundleId, each])).values()];
}

/** `graph.json`, and the imported models in files of their own. */
export function graphFile(
  graph: GraphNode,
  members: readonly Member[],
): { file: GraphFile; models: Map<GraphModelFile, Uint8Array> } {
  const engines = new Map<string, GraphFile['engines'][number]>();
  for (const { kind, member, files } of members)
    if (kind === 'trained')
      engines.set(member.bundleId, {
        bundleId: member.bundleId,
        trees: new TextDecoder().decode(files.get('trees.json')),
        seen: readJson<ReferenceProfile>(files, 'profile.json').columns,
      });
  const imported = importedOf(members).map(({ member: { bundleId }, manifest }, i) => ({
    bundleId,
    file: GRAPH_MODEL_FILES[i]!,
    manifest,
  }));
  const bytes = importedOf(members).map(({ files }) => files.get('model.onnx')!);
  return {
    file: {
      format: imported.length === 0 ? 1 : 2,
      graph,
      members: members.map(({ member }) => member),
      engines: [...engines.values()],
      ...(imported.length > 0 && { imported }),
    },
    models: new Map(imported.map(({ file }, i) => [file, bytes[i]!])),
  };
}

function readJson<T>(files: BundleFiles, file: 'slipway.json' | 'profile.json'): T {
  return JSON.parse(new TextDecoder().decode(files.get(file))) as T;
}
