import { mkdirSync } from 'node:fs';
import type { DataFolder } from '../adapters/data-folder/index.ts';
import { type Confinement, installationReads } from '../adapters/sandbox/index.ts';
import { INSTALLATION } from './installation.ts';
import { ownFolders } from './job-folders.ts';

/** More than tables of many files and columns take. */
const OPEN_FILES_OF_JOB = 16_384;

/** Where memory is used up the kernel ends a job, not the platform, which would take all jobs with it. */
const OOM_SCORE_OF_JOB = 500;

/** The kernel refuses further processes only after the watch has seen that there are too many, which ends the job and says why. */
const BESIDE_WATCHED = 64;

/** A job reads programs, keys and predictions, and writes its own folders and what is stored by hash. */
export function jobConfinement(folder: DataFolder, jobId: string, processes: number): Confinement {
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
