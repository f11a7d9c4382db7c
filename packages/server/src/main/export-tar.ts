import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pack, pack } from 'tar-stream';
import type { Stores } from '../metadata/index.ts';
import {
  type AnyManifest,
  type BundleStore,
  type ExportKind,
  type ExportOptions,
  needsOnnxRuntime,
  renderExport,
} from '../stages/pack/index.ts';
import { servingEndpoint } from '../workflows/index.ts';
import type { Installation } from './installation.ts';
import { modelRuntime } from './model-runtime.ts';

type ExportPorts = {
  stores: Stores;
  bundles: BundleStore;
  installation: Installation;
  /** Registry and folder that images are named in; empty for none. */
  imageRegistry: string;
};
type ExportAsk = { kind: ExportKind; endpoint: string; options: ExportOptions };

/** A file of the tar: what it holds, or how to read it when its turn comes. */
type Entry = [name: string, content: Uint8Array | string | (() => Promise<Uint8Array>)];

/**
 * A build context as a tar: what is rendered, the inference program, the bundle that answers now and, where it needs ONNX
 * Runtime, that. Deterministic; one file at a time is in memory. Throws what `renderExport` throws.
 */
export async function exportTar(ports: ExportPorts, ask: ExportAsk): Promise<AsyncIterable<Uint8Array>> {
  const { endpoint, revision } = await servingEndpoint(ports.stores, ask.endpoint);
  const { files } = await ports.bundles.open(revision.bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json'))) as AnyManifest;
  const rendered = renderExport(ask.kind, {
    ...ask.options,
    image: ask.options.image ?? imageIn(ports.imageRegistry, endpoint.name),
    endpoint: endpoint.name,
    modelVersion: revision.modelVersion,
    bundleId: revision.bundleId,
    manifest,
  });
  const { dist, root } = ports.installation;
  const entries: Entry[] = [...rendered].sort(([a], [b]) => (a < b ? -1 : 1));
  entries.push(['dist/inference.js', () => readFile(join(dist, 'inference.js'))]);
  if (needsOnnxRuntime(manifest)) {
    for (const program of ['model-process.js', 'value-thread.js'])
      entries.push([`dist/${program}`, () => readFile(join(dist, program))]);
    entries.push(...(await modelRuntime(root)));
  }
  entries.push(['dist/package.json', `${JSON.stringify({ private: true, type: 'module' })}\n`]);
  entries.push(...[...files].map(([name, bytes]): Entry => [`models/${name}`, bytes]));
  const tar = pack();
  void fill(tar, entries);
  return tar as AsyncIterable<Uint8Array>;
}

function imageIn(registry: string, name: string): string | undefined {
  return registry === '' ? undefined : `${registry}/${name}`;
}

/** Writes the entries as fast as they are read. What goes wrong ends the stream with the error. */
async function fill(tar: Pack, entries: readonly Entry[]): Promise<void> {
  try {
    for (const [name, content] of entries) {
      const bytes = Buffer.from((typeof content === 'function' ? await content() : content) as Uint8Array);
      await new Promise<void>((resolve, reject) => {
        const header = { name, mtime: new Date(0), mode: 0o644 };
        tar.entry(header, bytes, (error) => (error ? reject(error) : resolve()));
      });
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
