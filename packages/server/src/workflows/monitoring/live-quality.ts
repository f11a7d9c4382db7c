import { isoTime } from '../../kernel/index.ts';
import type { Label, Stores } from '../../metadata/index.ts';
import type { LiveQuality } from '../../stages/deploy/index.ts';
import { isFallenPerformance } from '../../stages/monitor/index.ts';
import type { PredictionLogReader } from '../../stages/serve/index.ts';
import { trainingOf } from '../pipeline-runs/queue-candidate.ts';
import { MEDIAN } from '../start/selection-metric.ts';
import { type Aim, compareVersions, type Told } from './version-quality.ts';
import { windowOfPredictions } from './window-of-predictions.ts';

/** Newest labels that a look considers, and records of the log that it may read for them. */
const MOST_LABELS = 50_000;
const MOST_RECORDS = 500_000;

/** How the versions of a rollout do by the labels that came in since, and by the alerts. */
export function liveQuality(stores: Stores, log: PredictionLogReader): LiveQuality {
  return {
    async compare({ endpoint, version, former, sinceMs }) {
      const labels = await stores.labels.list(endpoint, { since: isoTime(sinceMs), limit: MOST_LABELS });
      if (labels.length === 0) return null;
      const told = await toldTruth(log, endpoint, sinceMs, labels);
      const of = (wanted: number) => told.filter((one) => one.version === wanted);
      return compareVersions(of(version), of(former), await aimOf(stores, endpoint, version));
    },
    async alerts(endpoint, version, sinceMs) {
      const open = await stores.alerts.list({ endpoint, state: 'open', limit: 1000 });
      return open
        .filter(({ firstSeenAt, severity }) => Date.parse(firstSeenAt) >= sinceMs && severity !== 'note')
        .filter((alert) => alert.version === version && isFallenPerformance(alert.key))
        .map(({ message }) => message);
    },
  };
}

type ToldOf = Told & { version: number };

/** What the version was trained for; of one that was imported nothing is known. */
async function aimOf(stores: Stores, endpoint: string, version: number): Promise<Aim> {
  const { model } = await stores.endpoints.get(endpoint);
  const trained = await trainingOf(stores, await stores.models.version(model, version));
  const { metric, quantile, costs } = trained?.wish ?? {};
  return {
    ...(metric === 'mae' && { metric }),
    ...(metric === 'pinball' && { quantile: quantile ?? MEDIAN }),
    ...(costs && { costs }),
  };
}

/** Predictions since the moment whose truth is known. */
async function toldTruth(
  log: PredictionLogReader,
  endpoint: string,
  sinceMs: number,
  labels: readonly Label[],
): Promise<ToldOf[]> {
  const truths = new Map(labels.map(({ predictionId, value }) => [predictionId, value]));
  const window = windowOfPredictions(truths.keys());
  if (window === undefined) return [];
  const told: ToldOf[] = [];
  let records = 0;
  for await (const batch of log.read(endpoint, {
    ...window,
    from: Math.max(sinceMs, window.from ?? sinceMs),
  })) {
    for (const { id, version, value, score, probabilities } of batch) {
      const truth = truths.get(id);
      if (truth !== undefined)
        told.push({ version, value, score, ...(probabilities && { probabilities }), truth });
    }
    records += batch.length;
    if (told.length === truths.size || records >= MOST_RECORDS) break;
  }
  return told;
}
