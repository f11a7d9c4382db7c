import type { Stage } from '@slipway/contract';
import type { Clock } from '../../kernel/index.ts';
import type { StageProgress } from '../model.ts';

export type Told<T> = { value: T; says: string; facts: Record<string, unknown> };

/** Says how far a stage is, what it is at, and what it found so far. Too frequent news are dropped. */
export type Progress = (share: number, says: string, facts?: Record<string, unknown>) => void;

/** Tells the story of a pipeline run, stage by stage. */
export type StageReporter = {
  /** Runs a stage: says that it began, and with its result what it found and how long it took. */
  stage<T>(stage: Stage, work: (progress: Progress) => Promise<Told<T>>): Promise<T>;
  skip(stage: Stage, says: string): void;
};

const NEWS_EVERY_MS = 300;

export function stageReporter(tell: (news: StageProgress) => void, clock: Clock): StageReporter {
  return {
    async stage(stage, work) {
      const begun = clock.monotonic();
      const seconds = () => (clock.monotonic() - begun) / 1000;
      let last = Number.NEGATIVE_INFINITY;
      const progress: Progress = (share, says, facts = {}) => {
        if (clock.monotonic() - last < NEWS_EVERY_MS) return;
        last = clock.monotonic();
        tell({ stage, state: 'running', says, progress: share, seconds: seconds(), facts });
      };
      tell({ stage, state: 'running', says: null, progress: null, seconds: null, facts: {} });
      const { value, says, facts } = await work(progress);
      tell({ stage, state: 'done', says, progress: 1, seconds: seconds(), facts });
      return value;
    },
    skip: (stage, says) => tell({ stage, state: 'skipped', says, progress: null, seconds: null, facts: {} }),
  };
}
