import { DATA, HOME, INIT, NODE, USER } from './base-entries.mjs';

const PORTS = [7400, 7401];
const SECOND = 1_000_000_000;
const COMMAND = '/opt/slipway/lib/slipway/packages/cli/bin/slipway.js';
const HEALTH_CHECK = '/opt/slipway/healthcheck.mjs';

/** As Docker and OCI name processor architectures, by the names of Node. */
const ARCHITECTURES = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);

/** Throws on other architectures. */
export function architectureHere() {
  const architecture = ARCHITECTURES.get(process.arch);
  if (architecture === undefined)
    throw new Error(`images are made for x64 and arm64, and this machine is ${process.arch}`);
  return architecture;
}

/**
 * The configuration of the image, as OCI has it, and Docker's health check, which other engines pass over.
 *
 * It listens on every address of the container, which Slipway refuses without a certificate or `http.insecure`: a container
 * that is started with neither exits with a message, rather than serve keys in the clear.
 *
 * @param {{ layers: readonly import('./write-layer.mjs').Layer[], time: Date, version: string, revision: string | undefined }} image
 */
export function imageConfig({ layers, time, version, revision }) {
  const created = time.toISOString();
  return {
    created,
    architecture: architectureHere(),
    os: 'linux',
    config: {
      User: `${USER}:${USER}`,
      ExposedPorts: Object.fromEntries(PORTS.map((port) => [`${port}/tcp`, {}])),
      Env: [
        'PATH=/usr/local/bin:/usr/bin:/bin',
        `HOME=${HOME}`,
        'LANG=C.UTF-8',
        'NODE_ENV=production',
        `SLIPWAY_DATA=${DATA}`,
        'SLIPWAY_HTTP_HOST=0.0.0.0',
      ],
      Entrypoint: [INIT, '--', NODE, COMMAND],
      Cmd: ['up'],
      Volumes: { [DATA]: {} },
      WorkingDir: DATA,
      Labels: labels({ version, revision, created }),
      StopSignal: 'SIGTERM',
      Healthcheck: {
        Test: ['CMD', NODE, HEALTH_CHECK],
        Interval: 30 * SECOND,
        Timeout: 5 * SECOND,
        StartPeriod: 60 * SECOND,
        Retries: 3,
      },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ title }) => ({ created, created_by: 'scripts/image.mjs', comment: title })),
  };
}

/** @param {{ version: string, revision: string | undefined, created: string }} image */
function labels({ version, revision, created }) {
  return {
    'org.opencontainers.image.title': 'Slipway',
    'org.opencontainers.image.description': 'Takes a machine-learning model from prediction to production',
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.created': created,
    ...(revision === undefined ? {} : { 'org.opencontainers.image.revision': revision }),
  };
}
