import { join } from 'node:path';
import { type DataFolder, processRecord } from '../adapters/data-folder/index.ts';
import {
  type DataPlaneProcess,
  dataPlaneProcess,
  endOrphan,
  type MemoryKillWatch,
} from '../adapters/processes/index.ts';
import { type Sandbox, withoutNewPrivileges } from '../adapters/sandbox/index.ts';
import { publicHosts } from './addresses.ts';
import type { Config } from './config.ts';
import { INSTALLATION } from './installation.ts';
import { tlsOf } from './listen.ts';
import type { Log } from './log.ts';

/** Lower ones take a privilege, which the file of Node may give. */
const FIRST_PORT_FOR_ALL = 1_024;

/** The inference process, which is started again when it dies, is stopped from outside, or no longer answers. */
export function startDataPlane(
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
export async function endFormerDataPlane(
  folder: DataFolder,
  { log, onStep }: { log: Log; onStep: (step: string) => void },
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
      ? `ended the data plane that a previous server left (process ${former.pid})`
      : `process ${former.pid}, which data-plane.json names, is not the data plane of this folder and goes on`;
  log.warn(says);
  onStep(says);
}
