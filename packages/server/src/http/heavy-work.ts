import { fail, type OperationId } from '@slipway/contract';
import type { Clock } from '../kernel/index.ts';
import type { HttpLimits } from './limits.ts';

/** Work that goes on when the request that started it was answered. */
export type OpenWork = {
  /** Whether a job, or a pipeline run, is queued or running. */
  isOpen(kind: 'job' | 'pipelineRun', id: string): Promise<boolean>;
};

type Kind = 'job' | 'pipelineRun' | 'transfer';

/** What starts a job or a pipeline run, and what keeps the disk or a worker busy while it is answered. */
const KINDS = new Map<OperationId, Kind>([
  ['batches.start', 'job'],
  ['datasets.add', 'job'],
  ['endpoints.predictFile', 'job'],
  ['labels.addFile', 'job'],
  ['monitor.run', 'job'],
  ['labelling.open', 'job'],
  ['labelling.apply', 'job'],
  ['models.import', 'job'],
  ['models.optimize', 'job'],
  ['models.validate', 'job'],
  ['pipelineRuns.ship', 'pipelineRun'],
  ['pipelineRuns.train', 'pipelineRun'],
  ['endpoints.retrain', 'pipelineRun'],
  ['pipelineRuns.accept', 'pipelineRun'],
  ['uploads.create', 'transfer'],
  ['uploads.inspect', 'transfer'],
  ['datasets.preview', 'transfer'],
]);

const SAYS = {
  job: { what: 'jobs', setting: 'http.maxOpenJobsPerKey' },
  pipelineRun: { what: 'pipeline runs', setting: 'http.maxOpenPipelineRunsPerKey' },
  transfer: { what: 'uploads and previews', setting: 'http.maxUploadsPerKey' },
} as const;

/** What ended is looked for at most so often. */
const LOOK_EVERY_MS = 1_000;

type Held = {
  /** Requests under way. */
  starting: number;
  /** What they started, as far as it is not known to have ended. */
  open: Set<string>;
  lookedAt: number;
};

export type HeavyWork = {
  /** Does what an operation does, for a key that has not as much of it under way as it may. Throws `request.too-many-at-once`. */
  within<T>(operation: OperationId, keyId: string, work: () => Promise<T>): Promise<T>;
};

/** Counts from the start of the process: what a former one started does not count. */
export function heavyWork(
  limits: Pick<HttpLimits, 'maxUploadsPerKey' | 'maxOpenJobsPerKey' | 'maxOpenPipelineRunsPerKey'>,
  { isOpen }: OpenWork,
  clock: Clock,
): HeavyWork {
  const most = {
    job: limits.maxOpenJobsPerKey,
    pipelineRun: limits.maxOpenPipelineRunsPerKey,
    transfer: limits.maxUploadsPerKey,
  };
  const held = new Map<string, Held>();

  async function forgetEnded(kind: Kind, own: Held): Promise<void> {
    const now = clock.monotonic();
    if (kind === 'transfer' || now - own.lookedAt < LOOK_EVERY_MS) return;
    own.lookedAt = now;
    const ids = [...own.open];
    const open = await Promise.all(ids.map((id) => isOpen(kind, id)));
    for (const [index, id] of ids.entries()) if (open[index] === false) own.open.delete(id);
  }

  return {
    async within(operation, keyId, work) {
      const kind = KINDS.get(operation);
      if (kind === undefined) return work();
      const name = `${kind} ${keyId}`;
      const own = held.get(name) ?? { starting: 0, open: new Set(), lookedAt: Number.NEGATIVE_INFINITY };
      held.set(name, own);
      const isFull = () => own.starting + own.open.size >= most[kind];
      if (isFull()) await forgetEnded(kind, own);
      if (isFull()) {
        const { what, setting } = SAYS[kind];
        throw fail('request.too-many-at-once', { limit: most[kind], what, setting, retryAfterSeconds: 5 });
      }
      own.starting++;
      try {
        const answer = await work();
        if (kind !== 'transfer') own.open.add(idOf(answer));
        return answer;
      } finally {
        own.starting--;
        if (own.starting + own.open.size === 0) held.delete(name);
      }
    },
  };
}

function idOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer) return String(answer.id);
  throw new TypeError('what was started has no id');
}
