import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { type AnyManifest, type BundleStore, renderExport, takesTensors } from '../journey/pack/index.ts';
import type { Stores } from '../ledger/index.ts';
import { servingEndpoint } from '../pipeline/index.ts';
import type { Installation } from './installation.ts';

type ExportPorts = { stores: Stores; bundles: BundleStore; installation: Installation };
type ExportAsk = { kind: 'docker' | 'compose' | 'kubernetes'; endpoint: string; image: string | undefined };

/** A build context as a tar: what is rendered, the inference program and the bundle that answers now. Deterministic. */
export async function exportTar(ports: ExportPorts, ask: ExportAsk): Promise<AsyncIterable<Uint8Array>> {
  const { endpoint, revision } = await servingEndpoint(ports.stores, ask.endpoint);
  const { files } = await ports.bundles.open(revision.bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json'))) as AnyManifest;
  const rendered = renderExport(ask.kind, {
    endpoint: endpoint.name,
    modelVersion: revision.modelVersion,
    bundleId: revision.bundleId,
    manifest,
    onnxRuntime: ports.installation.onnxRuntime,
    ...(ask.image === undefined ? {} : { image: ask.image }),
  });
  const tar = pack();
  const add = (name: string, bytes: Uint8Array | string) =>
    tar.entry({ name, mtime: new Date(0), mode: 0o644 }, Buffer.from(bytes as Uint8Array));
  for (const [path, text] of [...rendered].sort(([a], [b]) => (a < b ? -1 : 1))) add(path, text);
  add('dist/inference.js', await readFile(join(ports.installation.dist, 'inference.js')));
  if (takesTensors(manifest))
    for (const program of ['model-process.js', 'value-thread.js'])
      add(`dist/${program}`, await readFile(join(ports.installation.dist, program)));
  add('dist/package.json', `${JSON.stringify({ private: true, type: 'module' })}\n`);
  for (const [name, bytes] of files) add(`models/${name}`, bytes);
  tar.finalize();
  return tar as AsyncIterable<Uint8Array>;
}
