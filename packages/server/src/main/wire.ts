import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { ensureOwnerKey, renewServerProof } from '../access/index.ts';
import { createBundleFolderStore, openFileSigner } from '../adapters/bundles/index.ts';
import {
  auditAnchorFile,
  type DataFolder,
  openDataFolder,
  secretFile,
} from '../adapters/data-folder/index.ts';
import { openPglite, openPostgres } from '../adapters/database/index.ts';
import { forgetShelves } from '../adapters/job-shelf/index.ts';
import { obstacleToSockets } from '../adapters/local-socket/index.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { predictionLogReader } from '../adapters/prediction-log/index.ts';
import { watchMemoryKills } from '../adapters/processes/index.ts';
import { openSandbox } from '../adapters/sandbox/index.ts';
import { forgetSearches, sayEnough } from '../adapters/trial-journal/index.ts';
import type { App } from '../http/index.ts';
import { actAsNobody, isoTime, newId, systemClock } from '../kernel/index.ts';
import type { Database } from '../metadata/index.ts';
import { createDeployer } from '../stages/deploy/index.ts';
import { takesTensors } from '../stages/pack/index.ts';
import {
  type BundleReader,
  bundleReader,
  liveQuality,
  type PipelineRunPorts,
  resumePipelineRuns,
} from '../workflows/index.ts';
import { addressesOf, publicUrls, urlOf } from './addresses.ts';
import { runAuditLog } from './audit-log.ts';
import { cleanUp } from './clean-up.ts';
import type { Config } from './config.ts';
import { endFormerDataPlane, startDataPlane } from './data-plane.ts';
import { deployedEndpoints } from './deployed-endpoints.ts';
import { driveRollouts } from './drive-rollouts.ts';
import { exportTar } from './export-tar.ts';
import type { FittedConfig, MemoryPlan } from './fit-to-memory.ts';
import { followJobs } from './follow-jobs.ts';
import { INSTALLATION } from './installation.ts';
import { internalErrors } from './internal-errors.ts';
import { jobSettings, sandboxSettings } from './job-settings.ts';
import { listen, refuseOpenListening } from './listen.ts';
import { openLog } from './log.ts';
import { loggedBundles } from './logged-bundles.ts';
import { startMaintenance } from './maintenance.ts';
import { modelLimitsOf } from './model-limits.ts';
import { platformTokens } from './platform-tokens.ts';
import { probeEndpoint } from './probe.ts';
import { processList } from './process-list.ts';
import { refuseTakenPorts } from './refuse-taken-ports.ts';
import { agesOf } from './remove-unused.ts';
import { runJobPool } from './run-job-pool.ts';
import { runShortJob } from './run-short-job.ts';
import { announceServer, serverBefore } from './server-file.ts';
import { trashIn } from './stored-objects.ts';
import { watchDataFolder } from './watch-data-folder.ts';

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
    onWait: () => onStep('waiting to see whether a server in another container still has the data folder'),
  });
  onStop(() => folder.release());
  process.env.TMPDIR = process.env.TEMP = process.env.TMP = folder.temporary;
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
    searchPath: process.env.PATH,
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
  onStop(() =>
    opening.then(
      (database) => database.close(),
      () => undefined,
    ),
  ); // also when the data plane did not start
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
  const pipelineRuns: PipelineRunPorts = {
    database,
    deployer: createDeployer({
      metadata: deployedEndpoints(database, tokens.caller.hash),
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
  await pipelineRuns.deployer.restore('start');
  const followed = followJobs({
    database,
    pipelineRuns,
    objects,
    clock: systemClock,
    leaseMs: config.work.leaseSeconds * 1000,
    wake: () => pool.wake(),
    onError: log.error,
  });
  const pool = runJobPool(config, {
    followed,
    folder,
    queue: database.stores.jobs,
    instance,
    log,
    sandbox,
    memoryKills,
    memoryMegabytes: plan.limitMegabytes,
    settingOf: () => ({
      ...jobSettings(config, folder, tokens.caller.secret, localUrls().inference),
      ...sandboxSettings(config, sandbox),
    }),
  });
  onStop(() => pool.stop());

  const quietPool = { wake: pipelineRuns.wakeWorkers, cancel: pipelineRuns.cancelJob };
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
    pipelineRuns,
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
  await resumePipelineRuns(pipelineRuns, log.error);
  pool.wake();
  onStop(driveRollouts(pipelineRuns.deployer, log.error));
  onStop(
    startMaintenance({
      database,
      pipelineRuns,
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

const DEFAULT_PORTS = { http: 80, https: 443 };

/** A data plane that listens on every address is reached over loopback. */
function reachable(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return urlOf(hostname.replace(/^\[|\]$/g, ''), Number(port || DEFAULT_PORTS[scheme]), scheme);
}

async function goldenOf(bundles: BundleReader, bundleId: string) {
  const manifest = await bundles.manifest(bundleId);
  if (takesTensors(manifest)) return { rows: [], values: [] };
  const { golden } = manifest;
  return { rows: golden.rows, values: golden.predictions.map(({ value }) => value) };
}
