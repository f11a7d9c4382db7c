import type { DataPlane } from '../../journey/deploy/index.ts';
import type { ExportKind, ExportOptions } from '../../journey/pack/index.ts';
import type { PredictionLogReader } from '../../journey/serve/index.ts';
import type { Database, ObjectStore } from '../../ledger/index.ts';
import type { BundleReader, JourneyPorts } from '../../pipeline/index.ts';
import type { ConfigEntry } from './config-entry.ts';

/** What the handlers ask of the rest: stores, the journeys, the data plane, and facts about this process. */
export type App = {
  database: Database;
  objects: ObjectStore;
  journeys: JourneyPorts;
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
  configEntries: readonly ConfigEntry[];
  facts: {
    version: string;
    startedAt: string;
    database: 'pglite' | 'postgres';
    dataFolder: string;
    maxUploadBytes: number;
  };
};
