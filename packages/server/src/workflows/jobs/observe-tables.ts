import type { Clock } from '../../kernel/index.ts';
import type { TableEngine, Workspace } from '../../stages/ingest/index.ts';
import type { ReadingFacts, StageProgress } from '../model.ts';

/** How often progress is reported at most. */
const NEWS_EVERY_MS = 500;

/** Steps of reading a file and the share of the whole at which each ends, by what they took of 404 MB of CSV. */
const STEPS = {
  surveying: { from: 0, to: 0.05 },
  reading: { from: 0.05, to: 0.75 },
  profiling: { from: 0.75, to: 1 },
} as const;
type Step = keyof typeof STEPS;

/** Which step the use of each of the workspace's methods belongs to; the others are part of the step before. */
const STEP_OF: Partial<Record<keyof Workspace, Step>> = {
  convertJson: 'reading',
  extremes: 'reading',
  tally: 'reading',
  oddValues: 'reading',
  store: 'reading',
  ends: 'profiling',
  numbers: 'profiling',
  counts: 'profiling',
  distinct: 'profiling',
  wordCounts: 'profiling',
};

export type Observed = {
  /** The engine, whose workspaces are observed until they are closed. */
  tables: TableEngine;
  /** Ends the reports, also of workspaces that were never closed. */
  stop(): void;
};

/**
 * Reports how far the reading of a file is, by what is asked of the engine: bytes while all bytes are looked at, which
 * tells how many there are, then the engine's own progress while it reads, and rows while columns are profiled.
 */
export function observeTables(
  tables: TableEngine,
  news: (news: StageProgress) => void,
  clock: Clock,
): Observed {
  const timers = new Set<NodeJS.Timeout>();
  const begun = clock.monotonic();
  const stop = (timer: NodeJS.Timeout) => {
    clearInterval(timer);
    timers.delete(timer);
  };
  return {
    tables: {
      async open(options) {
        const workspace = await tables.open(options);
        const state: State = {
          step: 'surveying',
          bytes: 0,
          totalBytes: null,
          rows: 0,
          rowsDone: 0,
          share: 0,
        };
        const report = () => {
          state.share = Math.max(state.share, shareOf(state, workspace.progress()));
          const seconds = (clock.monotonic() - begun) / 1000;
          news(newsOf(state, seconds));
        };
        const timer = setInterval(report, NEWS_EVERY_MS);
        timers.add(timer);
        return observed(workspace, state, () => stop(timer));
      },
    },
    stop: () => {
      for (const timer of timers) stop(timer);
    },
  };
}

/** `totalBytes` is null until the file was looked at once. */
type State = {
  step: Step;
  bytes: number;
  totalBytes: number | null;
  rows: number;
  rowsDone: number;
  share: number;
};

function observed(workspace: Workspace, state: State, closed: () => void): Workspace {
  const replaced: Partial<Workspace> = {
    async *read(path, options) {
      const isCounted = state.totalBytes === null && options?.limitBytes === undefined;
      for await (const chunk of workspace.read(path, options)) {
        if (isCounted) state.bytes += chunk.byteLength;
        yield chunk;
      }
      if (isCounted) state.totalBytes = state.bytes;
    },
    async store(source, columns) {
      state.step = 'reading';
      const stored = await workspace.store(source, columns);
      if (stored !== null) state.rows = stored.rows;
      return stored;
    },
    async *numbers(files, columns) {
      state.step = 'profiling';
      for await (const chunk of workspace.numbers(files, columns)) {
        state.rowsDone += chunk[0]?.length ?? 0;
        yield chunk;
      }
    },
    close() {
      closed();
      return workspace.close();
    },
  };
  return new Proxy(workspace, {
    get(target, name: keyof Workspace) {
      state.step = STEP_OF[name] ?? state.step;
      const own = replaced[name];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function shareOf({ step, totalBytes, rows, rowsDone }: State, engine: number | null): number {
  const { from, to } = STEPS[step];
  const within = {
    surveying: totalBytes === null ? 0 : 1,
    reading: engine ?? 0,
    profiling: rowsDone / Math.max(1, rows),
  }[step];
  return from + (to - from) * Math.min(1, within);
}

function newsOf({ step, bytes, totalBytes, rows, share }: State, seconds: number): StageProgress {
  const { from, to } = STEPS.reading;
  const read = Math.min(1, Math.max(0, share - from) / (to - from));
  const bytesOf =
    totalBytes === null ? { bytesRead: bytes } : { bytesRead: Math.round(totalBytes * read), totalBytes };
  const facts: ReadingFacts = { step, ...bytesOf, ...(rows > 0 && { rows }) };
  return { stage: 'ingest', state: 'running', says: step, progress: share, seconds, facts };
}
