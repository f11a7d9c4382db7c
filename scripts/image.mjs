// Makes the platform's container image without a container engine, dist/ being built: an archive that `docker load`, `podman load`,
// `skopeo copy oci-archive:` and containerd take. On Linux, for the processor architecture of this machine.
//
//   node scripts/image.mjs [--out FILE] [--tag NAME:TAG] [--offline FOLDER]
//   node scripts/image.mjs --installation FOLDER      what the image has at /opt/slipway, for packaging/image/Dockerfile
//
// The dependencies come from npm's registry, or with --offline from a folder of tarballs (scripts/package.mjs --offline).
// SOURCE_DATE_EPOCH is the time of all files; unless it is set, that of the commit.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installForImage } from './image/install-for-image.mjs';
import { makeImage } from './image/make-image.mjs';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'release/slipway-image.tar' },
    tag: { type: 'string' },
    offline: { type: 'string' },
    installation: { type: 'string' },
  },
});
const offline = values.offline === undefined ? undefined : resolve(values.offline);
if (values.installation !== undefined) await installForImage(resolve(values.installation), offline);
else await image(resolve(values.out));

/** @param {string} out */
async function image(out) {
  await mkdir(dirname(out), { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    const installation = join(scratch, 'slipway');
    await installForImage(installation, offline);
    const { digest, name, layers } = await makeImage({ installation, out, scratch, tag: values.tag });
    for (const { title, bytes, size } of layers)
      process.stdout.write(`${title}: ${megabytes(bytes)}, ${megabytes(size)} compressed\n`);
    process.stdout.write(`${out}\n${name}@${digest}\n`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
