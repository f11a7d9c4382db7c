import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { authenticate, ensureOwnerKey } from '../access/index.ts';
import { createBundleFolderStore, openFileSigner } from '../adapters/bundles/index.ts';
import {
  type DataFolder,
  openDataFolder,
  ownerKeyFile,
  removeJobFolder,
} from '../adapters/data-folder/index.ts';
import { openPglite, openPostgres } from '../adapters/database/index.ts';
import { type JobPool, startJobPool } from '../adapters/job-processes/index.ts';
import { forgetShelves } from '../adapters/job-shelf/index.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import { predictionLogReader } from '../adapters/prediction-log/index.ts';
import { type DataPlaneProcess, dataPlaneProcess } from '../adapters/processes/index.ts';
import { createTlsFront } from '../adapters/tls/index.ts';
import { forgetSearches, sayEnough } from '../adapters/trial-journal/index.ts';
import { type App, buildHttpServer, handlersOf, isLoopback } from '../http/index.ts';
import { createDeployer } from '../journey/deploy/index.ts';
import { takesTensors } from '../journey/pack/index.ts';
import { isoTime, newId, systemClock } from '../kernel/index.ts';
import type { Database } from '../ledger/index.ts';
import {
  type BundleReader,
  bundleReader,
  type JourneyPorts,
  liveQuality,
  resumeJourneys,
} from '../pipeline/index.ts';
import type { JobQueue } from '../work/index.ts';
import { addressesOf, publicHosts, publicUrls, urlOf } from './addresses.ts';
import type { Config, LoadedConfig } from './config.ts';
import { deployedEndpoints } from './deployed-endpoints.ts';
import { driveRollouts } from './drive-rollouts.ts';
import { exportTar } from './export-tar.ts';
import { followJobs } from './follow-jobs.ts';
import { INSTALLATION } from './installation.ts';
import { type InternalErrors, internalErrors } from './internal-errors.ts';
import { keepHouse } from './keep-house.ts';
import { type Log, openLog } from './log.ts';
import { platformTokens } from './platform-tokens.ts';
import { probeEndpoint } from './probe.ts';
import { processList } from './process-list.ts';
import { runShortJob } from './run-short-job.ts';
import { announceServer } from './server-file.ts';
import type { WorkerSetting } from './worker-setting.ts';

export type Platform = {
  ready: {
    /** Where the planes answer on this machine, and where others reach them. */
    url: string;
    inferenceUrl: string;
    publicUrl: string;
    inferencePublicUrl: string;
    dataFolder: string;
    ownerKeyMade: boolean;
    pid: number;
  };
  /** Logs and counts an error that nothing caught. */
  onUncaught(error: unknown): void;
  /** Ends everything in order: no new requests, jobs handed back, logs written, database closed, folder released. */
  stop(): Promise<void>;
};

/** Boots the whole platform on one machine. What was started is stopped again when a later part fails. */
export async function startPlatform(
  { config, entries }: LoadedConfig,
  observer: StartObserver,
): Promise<Platform> {
  refuseOpenListening(config);
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const started = await start(config, entries, (end) => stops.push(end), observer);
    return { ...started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type OnStop = (end: () => Promise<unknown> | unknown) => void;

export type StartObserver = {
  /** Called when another server has taken the database: this one must end. */
  onLost(): void;
  /** Called with what the server does next while it starts, such as `opening the database`. */
  onStep(step: string): void;
};

async function start(
  config: Config,
  entries: LoadedConfig['entries'],
  onStop: OnStop,
  { onLost, onStep }: StartObserver,
): Promise<Pick<Platform, 'ready' | 'onUncaught'>> {
  const startedAt = isoTime(systemClock.now());
  const instance = newId('srv');
  const folder = await openDataFolder(config.storage.data, { version: INSTALLATION.version });
  onStop(() => folder.release());
  const log = openLog(folder.path);
  for (const warning of folder.warnings) log.warn(warning);
  const errors = internalErrors(log);

  onStep(`opening the database (${databaseKind(config)}) and starting the data plane`);
  const dataPlane = startDataPlane(config, folder, log);
  onStop(() => dataPlane.stop());
  const opening = openDatabase(config, folder, () => {
    log.error(new Error('another server has taken the database; this one ends'));
    onLost();
  });
  onStop(() => opening.then((database) => database.close(), nothing)); // also when the data plane did not start
  const [database] = await Promise.all([opening, dataPlane.start()]);

  const owner = await ensureOwnerKey(database, ownerKeyFile(folder.ownerKey));
  const objects = await openFileObjects(folder.objects);
  const signer = await openFileSigner(folder.keys);
  const bundleStore = createBundleFolderStore(folder.bundles, signer);
  const bundles = bundleReader(bundleStore);
  const tokens = platformTokens();
  let controlUrl = '';
  let openUrl = '';
  const localUrls = () => ({ control: controlUrl, inference: reachable(dataPlane.localUrl()) });
  const local = addressesOf(localUrls);
  const told = () => publicUrls(config.http, { control: openUrl, inference: reachable(dataPlane.url()) });
  const journeys: JourneyPorts = {
    database,
    deployer: createDeployer({
      ledger: deployedEndpoints(database, tokens.caller.hash),
      dataPlane: {
        ...dataPlane,
        apply: (table) => dataPlane.apply({ ...table, probeTokenHash: tokens.probe.hash }),
      },
      bundles: bundleStore,
      quality: liveQuality(database.stores, predictionLogReader(folder.predictions)),
    }),
    bundles: bundleStore,
    signer,
    clock: systemClock,
    deploying: new Set(),
    wakeWorkers: () => pool.wake(),
    cancelJob: (jobId) => pool.cancel(jobId),
    sayEnough: (jobId) => sayEnough(join(folder.trials, jobId)),
    probe: (name, rows) => probeEndpoint(local.predict(name), name, tokens.probe.secret, rows),
    addresses: addressesOf(told),
    goldenOf: (bundleId) => goldenOf(bundles, bundleId),
  };
  onStep('restoring the deployed endpoints');
  const { failed: givenUp } = await database.stores.jobs.requeueOrphans([instance]);
  await journeys.deployer.restore('start');
  const followed = followJobs({
    database,
    journeys,
    objects,
    clock: systemClock,
    leaseMs: config.work.leaseSeconds * 1000,
    wake: () => pool.wake(),
    onError: log.error,
  });
  const pool = startPool(config, {
    followed,
    folder,
    queue: database.stores.jobs,
    instance,
    log,
    settingOf: () => settingOf(config, folder, tokens.caller.secret, localUrls().inference),
  });
  onStop(() => pool.stop());

  const app: App = {
    database,
    objects,
    journeys,
    bundles,
    predictions: predictionLogReader(folder.predictions),
    dataPlane: { ...dataPlane, url: () => told().inference },
    runShortJob: (kind, input, signal) => runShortJob({ database, pool }, kind, input, signal),
    processes: () => processList(dataPlane, pool),
    internalErrors: errors.count,
    exportFiles: (kind, endpoint, options) =>
      exportTar(
        {
          stores: database.stores,
          bundles: bundleStore,
          installation: INSTALLATION,
          imageRegistry: config.pack.imageRegistry,
        },
        { kind, endpoint, options },
      ),
    configEntries: entries,
    facts: {
      version: INSTALLATION.version,
      startedAt,
      database: databaseKind(config),
      dataFolder: folder.path,
      maxUploadBytes: config.http.maxUploadBytes,
    },
  };
  onStep('opening the console and the API');
  const http = await listen(config, app, { log, errors });
  onStop(() => http.close());
  controlUrl = http.localUrl;
  openUrl = http.url;
  const ready = {
    url: http.localUrl,
    inferenceUrl: localUrls().inference,
    publicUrl: told().control,
    inferencePublicUrl: told().inference,
    dataFolder: folder.path,
    ownerKeyMade: owner.made,
    pid: process.pid,
  };
  onStop(await announceServer(folder.path, ready));
  for (const job of givenUp) await followed.onGivenUp(job).catch(log.error);
  await resumeJourneys(journeys, log.error);
  pool.wake();
  onStop(driveRollouts(journeys.deployer, log.error));
  onStop(
    keepHouse({
      database,
      journeys,
      objects,
      bundles: bundleStore,
      kept: config.work,
      clock: systemClock,
      wake: () => pool.wake(),
      forgetSearches: (openJobs) => forgetSearches(folder.trials, openJobs),
      forgetShelves: (openJobs) => forgetShelves(folder.shelves, openJobs),
      onError: log.error,
    }),
  );
  return { ready, onUncaught: (error) => errors.report(error, { uncaught: true }) };
}

/** Throws `config.invalid`. */
function tlsOf({ tlsCertificate: certificate, tlsKey: key }: Config['http']) {
  if ((certificate === '') !== (key === ''))
    throw fail('config.invalid', { reason: 'http.tlsCertificate and http.tlsKey go together' });
  return certificate === '' ? undefined : { certificate, key };
}

/** Keys would travel in the clear. Throws `listen.insecure`. */
function refuseOpenListening({ http }: Config): void {
  const hasTls = tlsOf(http) !== undefined;
  if (!isLoopback(http.host) && !http.insecure && !hasTls) throw fail('listen.insecure', { host: http.host });
}

function startDataPlane({ http, inference }: Config, folder: DataFolder, log: Log): DataPlaneProcess {
  return dataPlaneProcess({
    entry: INSTALLATION.programs.inference,
    host: http.host,
    port: http.inferencePort,
    logDir: folder.predictions,
    countsFile: join(folder.path, 'endpoint-counts.json'),
    allowedHosts: [...http.allowedHosts, ...publicHosts(http)],
    publicUrl: http.inferencePublicUrl,
    tls: tlsOf(http),
    settings: inference,
    onDeath: () => log.warn('the data plane died and is started again'),
  });
}

function databaseKind({ database }: Config): 'pglite' | 'postgres' {
  return database.url === '' ? 'pglite' : 'postgres';
}

function openDatabase(
  { database }: Config,
  folder: DataFolder,
  onLost: StartObserver['onLost'],
): Promise<Database> {
  const { migrations } = INSTALLATION;
  return database.url === ''
    ? openPglite(folder.database, { migrations })
    : openPostgres(database.url, {
        migrations,
        exclusive: { holder: `${hostname()}, process ${process.pid}`, onLost },
      });
}

const DEFAULT_PORTS = { http: 80, https: 443 };

/** A data plane that listens on every address is reached over loopback. */
function reachable(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return urlOf(hostname.replace(/^\[|\]$/g, ''), Number(port || DEFAULT_PORTS[scheme]), scheme);
}

function settingOf(
  config: Config,
  folder: DataFolder,
  platformSecret: string,
  inferenceUrl: string,
): Omit<WorkerSetting, 'former' | 'folders'> & { folders: SharedFolders } {
  const { objects, bundles, keys, predictions } = folder;
  return {
    folders: { objects, bundles, keys, predictions },
    ingest: config.ingest,
    pack: config.pack,
    trialThreads: config.work.trialThreads,
    trainingMemoryMegabytes: config.work.trainingMemoryMegabytes,
    platformToken: platformSecret,
    inferenceUrl,
  };
}

/** Those that all jobs use; the others are of one job. */
type SharedFolders = Pick<WorkerSetting['folders'], 'objects' | 'bundles' | 'keys' | 'predictions'>;

type PoolParts = {
  folder: DataFolder;
  followed: ReturnType<typeof followJobs>;
  queue: JobQueue;
  instance: string;
  log: Log;
  settingOf: () => ReturnType<typeof settingOf>;
};

/** Every job has a scratch folder of its own, which goes with it. */
function startPool(
  { work }: Config,
  { folder, followed, queue, instance, log, settingOf }: PoolParts,
): JobPool {
  return startJobPool({
    queue,
    environment: process.env,
    instance,
    lanes: [
      { kinds: ['candidate'], concurrency: work.trainings },
      // One at a time, since each times what it tries.
      { kinds: ['optimize-model'], concurrency: 1 },
      {
        kinds: [
          'ingest',
          'predict-file',
          'batch',
          'labels-file',
          'monitor',
          'preview',
          'inspect-file',
          'import-model',
          'validate-model',
          'label-open',
          'label-apply',
        ],
        concurrency: work.shortJobs,
      },
    ],
    leaseMs: work.leaseSeconds * 1000,
    file: INSTALLATION.programs.worker,
    settingOf: (job): WorkerSetting => {
      const setting = settingOf();
      const own = {
        work: join(folder.work, job.id),
        trials: join(folder.trials, job.id),
        shelf: join(folder.shelves, job.id),
      };
      return { ...setting, former: job.progress, folders: { ...setting.folders, ...own } };
    },
    heapMegabytes: work.heapMegabytes,
    onGone: async (job) => {
      await removeJobFolder(folder.work, job.id);
      const { state } = await queue.get(job.id);
      if (state === 'cancelled') await removeJobFolder(folder.shelves, job.id); // else in its time, with others
    },
    onLog: (job, line) => log.info(`${job.kind} ${job.id}: ${line}`),
    onError: log.error,
    ...followed,
  });
}

const LOOPBACK = '127.0.0.1';

const nothing = () => undefined;

async function listen(
  { http }: Config,
  app: App,
  { log, errors }: { log: Log; errors: InternalErrors },
): Promise<{ url: string; localUrl: string; close: () => Promise<void> }> {
  const tls = tlsOf(http);
  const secureFront =
    tls && (await createTlsFront({ files: tls, onBroken: (failure) => log.error(failure) }));
  const server = await buildHttpServer({
    handlers: handlersOf(app),
    authenticate: async (bearer) => {
      const { keyId, name, permissions } = await authenticate(app.database.stores.keys, bearer);
      return { id: keyId, name, permissions };
    },
    logFailure: ({ requestId, operation, cause }) => errors.report(cause, { requestId, operation }),
    newRequestId: () => newId('req'),
    version: INSTALLATION.version,
    host: http.host,
    allowedHosts: [...http.allowedHosts, ...publicHosts(http)],
    maxBodyBytes: http.maxBodyBytes,
    consoleFolder: INSTALLATION.console,
  });
  const { host } = http;
  const [localHost, port] = tls ? [LOOPBACK, 0] : [host, http.port];
  await server.listen({ host: localHost, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw fail('listen.in-use', { port });
    throw fail('listen.impossible', { host, port, reason: error.message }, { cause: error });
  });
  const address = server.server.address();
  const localUrl = urlOf(localHost, typeof address === 'object' && address !== null ? address.port : port);
  const front = await secureFront?.(server.server, { host, port: http.port }).catch(async (failure) => {
    await server.close();
    throw failure;
  });
  const url = front === undefined ? localUrl : urlOf(host, front.port, 'https');
  const close = () => {
    front?.close();
    return server.close();
  };
  return { url, localUrl, close };
}

async function goldenOf(bundles: BundleReader, bundleId: string) {
  const manifest = await bundles.manifest(bundleId);
  if (takesTensors(manifest)) return { rows: [], values: [] };
  const { golden } = manifest;
  return { rows: golden.rows, values: golden.predictions.map(({ value }) => value) };
}
