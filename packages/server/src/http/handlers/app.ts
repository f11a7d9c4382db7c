import type { SlipwayError, SocketEnd, Status } from '@slipway/contract';
import type { AuditAnchorFile, AuditRecorder } from '../../access/index.ts';
import type { Database, ObjectStore } from '../../metadata/index.ts';
import type { DataPlane } from '../../stages/deploy/index.ts';
import type { ExportKind, ExportOptions } from '../../stages/pack/index.ts';
import type { PredictionLogReader } from '../../stages/serve/index.ts';
import type { BundleReader, PipelineRunPorts } from '../../workflows/index.ts';
import type { CleanUp } from './clean-up.ts';
import type { ConfigEntry } from './config-entry.ts';

/** What the handlers ask of the rest: stores, the pipeline runs, the data plane, and facts about this process. */
export type App = {
  database: Database;
  objects: ObjectStore;
  pipelineRuns: PipelineRunPorts;
  bundles: BundleReader;
  predictions: PredictionLogReader;
  dataPlane: Pick<DataPlane, 'stats' | 'ready' | 'url'>;
  /** Runs a short job now and gives its output; the job is kept like any other. */
  runShortJob: (kind: 'preview' | 'inspect-file', input: unknown, signal: AbortSignal) => Promise<unknown>;
  processes: () => Promise<{ name: string; pid: number; rssBytes: number }[]>;
  /** Errors of the control plane itself since it started. */
  internalErrors: () => number;
  /** Files of an export, by path, the bundle and the program among them. */
  exportFiles: (
    kind: ExportKind,
    endpoint: string,
    options: ExportOptions,
  ) => Promise<AsyncIterable<Uint8Array>>;
  cleanUp: CleanUp;
  /** Proves to those who can read the data folder that this is its server: see `proofMessage`. */
  prove: (challenge: string, reachedAt: SocketEnd) => string;
  recorder: AuditRecorder;
  auditAnchor: AuditAnchorFile;
  configEntries: readonly ConfigEntry[];
  /** Why no training is begun here; undefined where one is. */
  trainingRefused: SlipwayError | undefined;
  facts: {
    version: string;
    startedAt: string;
    database: 'pglite' | 'postgres';
    dataFolder: string;
    maxUploadBytes: number;
    sandbox: Status['sandbox'];
    maxUploadedBytesPerKey: number;
  };
};
