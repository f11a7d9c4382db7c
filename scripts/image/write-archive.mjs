import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';

/** @typedef {import('./write-layer.mjs').Layer} Layer */

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/**
 * Writes one archive in two formats over the same blobs, as `docker save` does: an OCI image layout (`oci-layout`, `index.json`), and
 * `manifest.json` for programs that know Docker's own format alone.
 *
 * @param {string} out
 * @param {{ layers: readonly Layer[], config: object, name: string, time: Date }} image
 * @returns {Promise<string>} digest of the manifest
 */
export async function writeArchive(out, { layers, config, name, time }) {
  const configBlob = blobOf(CONFIG, config);
  const manifestBlob = blobOf(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor(configBlob),
    layers: layers.map(({ digest, size }) => ({ mediaType: LAYER, digest, size })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...descriptor(manifestBlob), annotations: namesOf(name) }],
  };
  const forDocker = [{ Config: pathOf(configBlob), RepoTags: [name], Layers: layers.map(pathOf) }];
  const texts = new Map([
    ['oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })],
    ['index.json', JSON.stringify(index)],
    ['manifest.json', JSON.stringify(forDocker)],
    [pathOf(configBlob), configBlob.text],
    [pathOf(manifestBlob), manifestBlob.text],
  ]);
  await writeFiles(out, { texts, layers, time });
  return manifestBlob.digest;
}

/**
 * @param {string} mediaType
 * @param {object} value
 */
function blobOf(mediaType, value) {
  const text = JSON.stringify(value);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { mediaType, digest, size: Buffer.byteLength(text), text };
}

/** @param {ReturnType<typeof blobOf>} blob */
function descriptor({ mediaType, digest, size }) {
  return { mediaType, digest, size };
}

/** @param {{ digest: string }} blob */
function pathOf({ digest }) {
  return `blobs/${digest.replace(':', '/')}`;
}

/**
 * containerd and Docker take the name from the first, others the tag from the second.
 *
 * @param {string} name
 */
function namesOf(name) {
  return {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
  };
}

/**
 * @param {string} out
 * @param {{ texts: ReadonlyMap<string, string>, layers: readonly Layer[], time: Date }} content
 */
async function writeFiles(out, { texts, layers, time }) {
  const tar = pack();
  const of = (/** @type {string} */ name) => ({ name, mode: 0o644, mtime: time });
  const add = async () => {
    for (const name of ['blobs', 'blobs/sha256'])
      tar.entry({ name, type: 'directory', mode: 0o755, mtime: time });
    for (const [name, text] of texts) tar.entry(of(name), text);
    for (const layer of layers)
      await pipeline(createReadStream(layer.file), tar.entry({ ...of(pathOf(layer)), size: layer.size }));
    tar.finalize();
  };
  await Promise.all([
    pipeline(tar, createWriteStream(out)),
    add().catch((error) => {
      tar.destroy(error);
      throw error;
    }),
  ]);
}
