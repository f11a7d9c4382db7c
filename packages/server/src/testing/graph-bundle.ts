import { type GraphNode, graphNodeSchema, graphNodes, parseGraph } from '@slipway/contract';
import {
  type BundleFile,
  type BundleStore,
  checkGraph,
  encodeEngineFile,
  importedMember,
  type ModelProcesses,
  packGraph,
  type Signer,
  signedHashes,
} from '../stages/pack/index.ts';
import { graphFile, graphGolden, type Member, profileOf, shapeOf } from '../workflows/index.ts';
import type { ImportedBundle } from './imported-bundle.ts';
import { type LinearModel, linearEngineFile, linearManifest } from './linear-models.ts';

/** Models of a graph by name: all are version 1. */
export type GraphModels = Readonly<Record<string, LinearModel | ImportedBundle>>;

type Ports = { store: BundleStore; signer: Signer; processes: ModelProcesses };

/** Packs an inference graph as the platform does, over the models given. Throws what declaring one throws. */
export async function graphBundle(declared: GraphNode, models: GraphModels, ports: Ports) {
  const graph = graphNodeSchema.parse(declared);
  const tree = parseGraph(graph);
  const named = new Map(Object.entries(models));
  const members = graphNodes(tree).flatMap((node) =>
    node.kind === 'model' ? [memberOf(node, named.get(node.model)!)] : [],
  );
  const shape = checkGraph(tree, new Map(members.map((each) => [each.node, shapeOf(each)])));
  const { file, models: files } = graphFile(graph, members);
  const limits = { maxBytes: 2 ** 26, memoryBytes: 2 ** 30, loadTimeoutMs: 30_000, runTimeoutMs: 60_000 };
  const golden = await graphGolden({ file, shape, members }, { processes: ports.processes, limits });
  const { id } = await packGraph(
    {
      name: graph.name,
      ...{ graph, shape, file, golden },
      profiles: members.map(profileOf),
      models: files,
      notes: [],
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    ports,
  );
  const { folder } = await ports.store.open(id);
  return { bundleId: id, folder, golden };
}

function memberOf(node: Member['node'], model: LinearModel | ImportedBundle): Member {
  const { path, at, features } = node;
  if (!('manifest' in model)) {
    const manifest = linearManifest(model);
    const files = new Map<BundleFile, Uint8Array>([
      ['trees.json', encodeEngineFile(linearEngineFile(model))],
      ['profile.json', new TextEncoder().encode('{"rows":1,"columns":[],"importance":{}}')],
    ]);
    const member = { path, model: node.model, version: 1, bundleId: node.model, alias: null };
    return { kind: 'trained', node, member, manifest, files };
  }
  const { manifest, files, folder, bundleId } = model;
  const sha256 = signedHashes(files.get('signature.json')!).get('model.onnx')!;
  return {
    kind: 'imported',
    ...{ node, manifest, files },
    member: { path, model: node.model, version: 1, bundleId, alias: null },
    shape: importedMember(manifest, { says: `node ${path} names ${node.model}@1`, at, features }),
    model: { path: `${folder}/model.onnx`, sha256 },
  };
}
