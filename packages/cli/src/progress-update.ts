import type { Job } from '@slipway/contract';
import type { ProgressUpdate } from './progress-reporter.ts';

/** What a stage of a pipeline run and the progress of a job both tell. */
type News = { progress?: unknown; says?: unknown; facts?: unknown };

/** The progress of a phase from what the server told of it; what it did not tell is left out. */
export function updateOf(phase: string, news: News): ProgressUpdate {
  const facts = (news.facts ?? {}) as Record<string, unknown>;
  return {
    phase,
    share: numberOf(news.progress) ?? null,
    bytes: numberOf(facts.bytesRead),
    totalBytes: numberOf(facts.totalBytes),
    // Reading knows the rows once all are read, and then all of them.
    rows: numberOf(facts.rowsDone ?? (phase === 'ingest' ? facts.rows : undefined)),
    totalRows: numberOf(facts.totalRows),
    message: typeof news.says === 'string' ? news.says : null,
  };
}

/** The progress of a job; undefined until it tells any. */
export function updateOfJob({ progress }: Job): ProgressUpdate | undefined {
  if (progress === null || typeof progress.stage !== 'string') return undefined;
  const { stage } = progress;
  return { ...updateOf(stage === 'serve' ? 'predict' : stage, progress), message: null };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
