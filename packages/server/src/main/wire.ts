import { mkdirSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { authenticate, ensureOwnerKey, renewServerProof } from '../access/index.ts';
import { createBundleFolderStore, openFileSigner } from '../adapters/bundles/index.ts';
import {
  auditAnchorFile,
  type DataFolder,
  openDataFolder,
  processRecord,
  removeJobFolder,
  secretFile,
} from '../adapters/data-folder/index.ts';
import { openPglite, openPostgres } from '../adapters/database/index.ts';
import { type JobPool, startJobPool } from '../adapters/job-processes/index.ts';
import { forgetShelves } from '../adapters/job-shelf/index.ts';
import { DATA_PLANE_SOCKET, obstacleToSockets } from '../adapters/local-socket/index.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { predictionLogReader } from '../adapters/prediction-log/index.ts';
import {
  type DataPlaneProcess,
  dataPlaneProcess,
  endOrphan,
  type MemoryKillWatch,
  watchMemoryKills,
} from '../adapters/processes/index.ts';
import {
  type Confinement,
  installationReads,
  openSandbox,
  type Sandbox,
  SOCKET_FOLDER,
  withoutNewPrivileges,
} from '../adapters/sandbox/index.ts';
import { createTlsFront } from '../adapters/tls/index.ts';
import { openTrash } from '../adapters/trash/index.ts';
import { forgetSearches, sayEnough } from '../adapters/trial-journal/index.ts';
import { type App, buildHttpServer, handlersOf, isLoopback } from '../http/index.ts';
import { createDeployer } from '../journey/deploy/index.ts';
import { takesTensors } from '../journey/pack/index.ts';
import { actAsNobody, isoTime, newId, systemClock } from '../kernel/index.ts';
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
import { type RunningAuditLog, runAuditLog } from './audit-log.ts';
import { cleanUp } from './clean-up.ts';
import type { Config } from './config.ts';
import { deployedEndpoints } from './deployed-endpoints.ts';
import { driveRollouts } from './drive-rollouts.ts';
import { exportTar } from './export-tar.ts';
import type { FittedConfig, MemoryPlan } from './fit-to-memory.ts';
import { followJobs } from './follow-jobs.ts';
import { INSTALLATION } from './installation.ts';
import { type InternalErrors, internalErrors } from './internal-errors.ts';
import { jobBudgets } from './job-budgets.ts';
import { keepHouse } from './keep-house.ts';
import { type Log, openLog } from './log.ts';
import { loggedBundles } from './logged-bundles.ts';
import { modelLimitsOf } from './model-limits.ts';
import { platformTokens } from './platform-tokens.ts';
import { probeEndpoint } from './probe.ts';
import { processList } from './process-list.ts';
import { refuseTakenPorts } from './refuse-taken-ports.ts';
import { agesOf } from './remove-unused.ts';
import { runShortJob } from './run-short-job.ts';
import { announceServer, serverBefore } from './server-file.ts';
import { watchDataFolder } from './watch-data-folder.ts';
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
  { config, entries, plan }: FittedConfig,
  options: StartOptions,
): Promise<Platform> {
  refuseOpenListening(config);
  await refuseTakenPorts(config);
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const started = await start({ config, entries, plan }, (end) => stops.push(end), options);
    return { ...started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type OnStop = (end: () => Promise<unknown> | unknown) => void;

export type StartOptions = {
  /** The database is taken for this data folder's own, though it is empty or records another one. */
  adoptDatabase: boolean;
  /** The command that starts this server ends it too, so others on the folder are to start their own then. */
  temporary: boolean;
  /** Called when another server has taken the database: this one must end. */
  onLost(): void;
  /** Called with what the server does next while it starts, such as `opening the database`. */
  onStep(step: string): void;
};

async function start(
  { config, entries, plan }: FittedConfig,
  onStop: OnStop,
  { adoptDatabase, temporary, onLost, onStep }: StartOptions,
): Promise<Pick<Platform, 'ready' | 'onUncaught'>> {
  const startedAt = isoTime(systemClock.now());
  const instance = newId('srv');
  const folder = await openDataFolder(config.storage.data, {
    version: INSTALLATION.version,
    allowForeign: config.storage.allowForeignFiles,
  });
  onStop(() => folder.release());
  process.env['TMPDIR'] = process.env['TEMP'] = process.env['TMP'] = folder.temporary;
  const log = openLog(folder.path);
  log.info(`Slipway ${INSTALLATION.version} starts as process ${process.pid}`);
  const before = await serverBefore(folder.path);
  if (before !== undefined)
    log.warn(
      `the server before this one, process ${before}, did not stop in order: it was killed, or the machine went down`,
    );
  for (const warning of folder.warnings) log.warn(warning);
  onStop(
    watchDataFolder(folder, (reason) => {
      process.stderr.write(`slipway: ${reason}. This server ends.\n`);
      onLost();
    }),
  );
  onStop(() => log.info(`process ${process.pid} has stopped in order`));
  const errors = internalErrors(log);

  await endFormerDataPlane(folder, { log, onStep });
  onStep(`opening the database (${databaseKind(config)}) and starting the data plane`);
  const sandbox = await openSandbox(config.work.sandbox, INSTALLATION.programs.worker, {
    searchPath: process.env['PATH'],
    obstacle: await obstacleToSockets(folder.sockets),
  });
  if (sandbox.lacks !== undefined)
    log.warn(`sandbox of jobs and imported models: ${sandbox.level}, since ${sandbox.lacks}`);
  const memoryKills = watchMemoryKills();
  onStop(() => memoryKills.end());
  const dataPlane = startDataPlane(config, folder, { log, sandbox, memoryKills });
  onStop(() => dataPlane.stop());
  const opening = openDatabase(config, folder, adoptDatabase, () => {
    log.error(new Error('another server has taken the database; this one ends'));
    onLost();
  });
  onStop(() => opening.then((database) => database.close(), nothing)); // also when the data plane did not start
  const [database] = await Promise.all([opening, dataPlane.start()]);

  const owner = await ensureOwnerKey(database, secretFile(folder.ownerKey));
  const prove = await renewServerProof(secretFile(folder.identityKey));
  const auditAnchor = auditAnchorFile(folder.auditAnchor);
  const auditLog = runAuditLog({
    audit: database.stores.audit,
    file: auditAnchor,
    clock: systemClock,
    onError: log.error,
  });
  onStop(() => auditLog.stop());
  const trash = trashIn(folder);
  const objects = await openFileObjects(folder.objects, { discard: trash.objects.take });
  const signer = await openFileSigner(folder.keys);
  const bundleStore = loggedBundles(
    createBundleFolderStore(folder.bundles, signer, { discard: trash.bundles.take }),
    (id, { message }) => log.warn(`bundle ${id} is refused: ${message}`),
  );
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
    models: {
      processes: modelProcesses(join(INSTALLATION.dist, 'model-process.js'), config.work.sandbox),
      limits: modelLimitsOf(config.pack),
    },
    clock: systemClock,
    deploying: new Set(),
    wakeWorkers: () => actAsNobody(() => pool.wake()),
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
    sandbox,
    memoryKills,
    memoryMegabytes: plan.limitMegabytes,
    settingOf: () => ({
      ...settingOf(config, folder, tokens.caller.secret, localUrls().inference),
      ...sandboxSettings(config, sandbox),
    }),
  });
  onStop(() => pool.stop());

  const quietPool = { wake: journeys.wakeWorkers, cancel: journeys.cancelJob };
  const cleaning = cleanUp({
    database,
    objects,
    bundles: bundleStore,
    trash,
    ages: agesOf(config.work),
    trashKeptDays: config.work.trashKeptDays,
    log,
  });
  const app: App = {
    recorder: auditLog.recorder,
    auditAnchor,
    database,
    objects,
    journeys,
    bundles,
    predictions: predictionLogReader(folder.predictions),
    dataPlane: { ...dataPlane, url: () => told().inference },
    runShortJob: (kind, input, signal) => runShortJob({ database, pool: quietPool }, kind, input, signal),
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
    cleanUp: cleaning,
    prove,
    configEntries: entries,
    trainingRefused: trainingRefused(plan),
    facts: {
      version: INSTALLATION.version,
      startedAt,
      database: databaseKind(config),
      dataFolder: folder.path,
      maxUploadBytes: config.http.maxUploadBytes,
      sandbox: { level: sandbox.level, lacks: sandbox.lacks ?? null, processes: sandbox.processes },
      maxUploadedBytesPerKey: config.http.maxUploadedBytesPerKey,
    },
  };
  onStep('opening the console and the API');
  const http = await listen(config, app, { log, errors, noteDenial: auditLog.noteDenial });
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
  onStop(await announceServer(folder.path, temporary ? { ...ready, temporary } : ready));
  for (const job of givenUp) await followed.onGivenUp(job).catch(log.error);
  await resumeJourneys(journeys, log.error);
  pool.wake();
  onStop(driveRollouts(journeys.deployer, log.error));
  onStop(
    keepHouse({
      database,
      journeys,
      objects,
      cleanUp: cleaning,
      bundles: bundleStore,
      clock: systemClock,
      wake: () => pool.wake(),
      forgetSearches: (openJobs) => forgetSearches(folder.trials, openJobs),
      forgetShelves: (openJobs) => forgetShelves(folder.shelves, openJobs),
      onError: log.error,
    }),
  );
  return { ready, onUncaught: (error) => errors.report(error, { uncaught: true }) };
}

function trainingRefused({ trains, limitMegabytes, trainingNeedsMegabytes }: MemoryPlan) {
  if (trains) return undefined;
  return fail('training.needs-memory', { neededMegabytes: trainingNeedsMegabytes, limitMegabytes });
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

/** Lower ones take a privilege, which the file of Node may give. */
const FIRST_PORT_FOR_ALL = 1_024;

function startDataPlane(
  { http, inference, work }: Config,
  folder: DataFolder,
  { log, sandbox, memoryKills }: { log: Log; sandbox: Sandbox; memoryKills: MemoryKillWatch },
): DataPlaneProcess {
  return dataPlaneProcess({
    entry: INSTALLATION.programs.inference,
    host: http.host,
    port: http.inferencePort,
    logDir: folder.predictions,
    countsFile: join(folder.path, 'endpoint-counts.json'),
    allowedHosts: [...http.allowedHosts, ...publicHosts(http)],
    publicUrl: http.inferencePublicUrl,
    tls: tlsOf(http),
    temporaryFolder: folder.temporary,
    socketFolder: sandbox.level === 'bubblewrap' ? folder.sockets : undefined,
    sandbox: work.sandbox,
    settings: inference,
    launcher: withoutNewPrivileges({
      searchPath: process.env['PATH'],
      needsPrivilegesOfFile: http.inferencePort > 0 && http.inferencePort < FIRST_PORT_FOR_ALL,
    }),
    record: processRecord(folder.dataPlane),
    memoryKills,
    onDeath: (reason) =>
      log.warn(
        reason === undefined
          ? 'the data plane died and is started again'
          : `the data plane was ended because ${reason}, and is started again`,
      ),
  });
}

/** One that its server, which was killed, left stopped or busy would keep the port. */
async function endFormerDataPlane(
  folder: DataFolder,
  { log, onStep }: { log: Log; onStep: StartOptions['onStep'] },
): Promise<void> {
  const former = processRecord(folder.dataPlane).former();
  if (former === undefined) return;
  const outcome = await endOrphan(former, {
    program: 'inference.js',
    words: ['--log-dir', folder.predictions],
  });
  if (outcome === 'none') return;
  const says =
    outcome === 'ended'
      ? `ended the data plane that a former server left (process ${former.pid})`
      : `process ${former.pid}, which data-plane.json names, is not the data plane of this folder and goes on`;
  log.warn(says);
  onStep(says);
}

function databaseKind({ database }: Config): 'pglite' | 'postgres' {
  return database.url === '' ? 'pglite' : 'postgres';
}

function openDatabase(
  { database }: Config,
  folder: DataFolder,
  adopt: boolean,
  onLost: StartOptions['onLost'],
): Promise<Database> {
  const { migrations } = INSTALLATION;
  const { installation: id, isNew, holdsData } = folder;
  const installation = { folder: folder.path, id, isNew, holdsData, adopt };
  return database.url === ''
    ? openPglite(folder.database, { migrations, prepared: INSTALLATION.dist, installation })
    : openPostgres(database.url, {
        migrations,
        installation,
        exclusive: { holder: `${hostname()}, process ${process.pid}`, onLost },
      });
}

/** Beside what is removed, since a move cannot cross file systems. */
function trashIn(folder: DataFolder) {
  const { objects, bundles } = folder;
  return {
    objects: openTrash({ folder: join(objects, 'trash'), homeOf: objectHome(folder) }),
    bundles: openTrash({ folder: join(bundles, 'trash'), homeOf: (id) => join(bundles, id) }),
  };
}

function objectHome({ objects }: DataFolder): (hash: string) => string {
  return (hash) => join(objects, hash.slice(0, 2), hash);
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
): Omit<WorkerSetting, 'former' | 'folders' | keyof SandboxSettings> & { folders: SharedFolders } {
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

type SandboxSettings = Pick<WorkerSetting, 'inferenceSocket' | 'modelSandbox'>;

/** In bubblewrap a job confines models further where that works, and is confined itself where it does not. */
function sandboxSettings({ work }: Config, { level }: Sandbox): SandboxSettings {
  const isConfined = level === 'bubblewrap';
  return {
    inferenceSocket: isConfined ? join(SOCKET_FOLDER, DATA_PLANE_SOCKET) : undefined,
    modelSandbox: isConfined ? 'auto' : work.sandbox,
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
  sandbox: Sandbox;
  memoryKills: MemoryKillWatch;
  memoryMegabytes: number;
  settingOf: () => ReturnType<typeof settingOf> & SandboxSettings;
};

/** Every job has a scratch folder of its own, which goes with it. */
function startPool(
  config: Config,
  { folder, followed, queue, instance, log, sandbox, memoryKills, memoryMegabytes, settingOf }: PoolParts,
): JobPool {
  const { work } = config;
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
    sandbox,
    confinementOf: (job) => jobConfinement(folder, job.id, work.jobProcesses),
    temporaryFolderOf: (job) => ownFolders(folder, job.id).work,
    settingOf: (job): WorkerSetting => {
      const setting = settingOf();
      const folders = { ...setting.folders, ...ownFolders(folder, job.id) };
      return { ...setting, former: job.progress, folders };
    },
    heapMegabytes: work.heapMegabytes,
    memoryKills,
    memoryMegabytes,
    budgetOf: jobBudgets(config, objectHome(folder)),
    onGone: async (job) => {
      await removeJobFolder(folder.work, job.id);
      await removeEmptyFolders(ownFolders(folder, job.id));
      const { state } = await queue.get(job.id);
      if (state === 'cancelled') await removeJobFolder(folder.shelves, job.id); // else in its time, with others
    },
    onLog: (job, line) => log.info(`${job.kind} ${job.id}: ${line}`),
    onError: log.error,
    ...followed,
  });
}

/** Those of one job. */
function ownFolders({ work, trials, shelves }: DataFolder, jobId: string) {
  return { work: join(work, jobId), trials: join(trials, jobId), shelf: join(shelves, jobId) };
}

/** What the job did not use of what was made for it. */
async function removeEmptyFolders(folders: Record<string, string>): Promise<void> {
  for (const path of Object.values(folders)) await rmdir(path).catch(nothing);
}

/** More than tables of many files and columns take. */
const OPEN_FILES_OF_JOB = 16_384;

/** Where memory is used up the kernel ends a job, not the platform, which would take all jobs with it. */
const OOM_SCORE_OF_JOB = 500;

/** The kernel refuses further processes only after the watch has seen that there are too many, which ends the job and says why. */
const BESIDE_WATCHED = 64;

/** A job reads programs, keys and predictions, and writes its own folders and what is stored by hash. */
function jobConfinement(folder: DataFolder, jobId: string, processes: number): Confinement {
  const own = Object.values(ownFolders(folder, jobId));
  for (const path of own) mkdirSync(path, { recursive: true, mode: 0o700 });
  return {
    reads: [...installationReads(INSTALLATION.programs.worker), folder.keys, folder.predictions],
    writes: [folder.objects, folder.bundles, ...own],
    socketFolder: folder.sockets,
    confines: true,
    devices: true,
    ownUser: false,
    limits: {
      openFiles: OPEN_FILES_OF_JOB,
      processes: processes + BESIDE_WATCHED,
      writesFiles: true,
      oomScoreAdjust: OOM_SCORE_OF_JOB,
    },
  };
}

const LOOPBACK = '127.0.0.1';

const nothing = () => undefined;

async function listen(
  { http }: Config,
  app: App,
  {
    log,
    errors,
    noteDenial,
  }: { log: Log; errors: InternalErrors; noteDenial: RunningAuditLog['noteDenial'] },
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
    noteDenial,
    newRequestId: () => newId('req'),
    version: INSTALLATION.version,
    host: http.host,
    allowedHosts: [...http.allowedHosts, ...publicHosts(http)],
    limits: http,
    openWork: {
      isOpen: async (kind, id) => {
        const { jobs, journeys } = app.database.stores;
        const { state } = await (kind === 'job' ? jobs.get(id) : journeys.get(id));
        return state === 'queued' || state === 'running';
      },
    },
    consoleFolder: INSTALLATION.console,
    isSecure: tls !== undefined || http.publicUrl.startsWith('https:'),
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
