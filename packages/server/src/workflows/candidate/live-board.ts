import type { LeaderboardEntry } from '@slipway/contract';
import { METRICS, type TrialRecord } from '../../stages/train/index.ts';
import { trialRunId } from '../pipeline-runs/trial-runs.ts';

/** Trials that a live leaderboard shows. */
const SHOWN = 10;

/** What a search has found so far and what it is at, as it goes on. */
export function liveBoard(runId: string) {
  const trials = new Map<number, TrialRecord>();
  const running = () => [...trials.values()].filter((trial) => trial.state === 'running');
  const over = () => [...trials.values()].filter((trial) => trial.state !== 'running');
  return {
    take: (record: TrialRecord): void => void trials.set(record.number, record),
    /** One sentence: how many were tried, the best, and what is being tried. */
    says(): string {
      const [best] = ranked(trials.values());
      const found =
        best === undefined ? '' : `, best ${best.label} with ${best.metric!.id} ${figure(best.metric!.mean)}`;
      const now = running().at(-1);
      const trying = now === undefined ? '' : `; trying ${now.label} (${now.why})`;
      return `${over().length} tried${found}${trying}`;
    },
    facts(): Record<string, unknown> {
      const entries = ranked(trials.values()).slice(0, SHOWN);
      return {
        run: runId,
        tried: over().length,
        stoppedEarly: over().filter((trial) => trial.state === 'stopped').length,
        leaderboard: entries.map((trial, i) => entryOf(trial, i + 1, runId)),
        trying: running().map(({ number, label, params, why, folds }) => {
          return { run: trialRunId(runId, number), learner: label, params, why, folds };
        }),
      };
    },
  };
}

/** Trials of all folds, the best first. */
function ranked(trials: Iterable<TrialRecord>): TrialRecord[] {
  const done = [...trials].filter((trial) => trial.state === 'done' && trial.metric !== null);
  const isHigher = METRICS.find(({ id }) => id === done[0]?.metric?.id)?.direction === 'higher';
  return done.sort((a, b) => (isHigher ? -1 : 1) * (a.metric!.mean - b.metric!.mean));
}

function entryOf(trial: TrialRecord, rank: number, runId: string): LeaderboardEntry {
  const { number, label, params, metric, folds, seconds } = trial;
  return {
    rank,
    run: trialRunId(runId, number),
    learner: label,
    params,
    metric: metric!.id,
    value: metric!.mean,
    standardError: metric!.standardError > 0 ? metric!.standardError : null,
    folds: folds.done,
    seconds,
    chosen: false,
  };
}

function figure(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
