import type { LiveQuality, Quality } from '../journey/deploy/index.ts';
import type { PredictionLogReader } from '../journey/serve/index.ts';
import { isoTime } from '../kernel/index.ts';
import type { Label, Stores } from '../ledger/index.ts';
import { windowOfPredictions } from './window-of-predictions.ts';

/** Newest labels that a look considers, and records of the log that it may read for them. */
const MOST_LABELS = 50_000;
const MOST_RECORDS = 500_000;
/** A number is wrong when it is further off than this many times the former version's usual error. */
const USUAL_ERRORS = 1.25;

type Told = { version: number; value: string | number; truth: string };

/** How the versions of a rollout do by the labels that came in since, and by the alerts. */
export function liveQuality(
  stores: Pick<Stores, 'labels' | 'alerts'>,
  log: PredictionLogReader,
): LiveQuality {
  return {
    async compare({ endpoint, version, former, sinceMs }) {
      const labels = await stores.labels.list(endpoint, { since: isoTime(sinceMs), limit: MOST_LABELS });
      if (labels.length === 0) return null;
      const told = await toldTruth(log, endpoint, sinceMs, labels);
      const of = (wanted: number) => told.filter((one) => one.version === wanted);
      return compareTold(of(version), of(former));
    },
    async alerts(endpoint, version, sinceMs) {
      const open = await stores.alerts.list({ endpoint, state: 'open', limit: 1000 });
      return open
        .filter(({ firstSeenAt, severity }) => Date.parse(firstSeenAt) >= sinceMs && severity !== 'note')
        .filter(({ evidence }) => (evidence as { version?: unknown } | null)?.version === version)
        .map(({ message }) => message);
    },
  };
}

/** Predictions since the moment whose truth is known. */
async function toldTruth(
  log: PredictionLogReader,
  endpoint: string,
  sinceMs: number,
  labels: readonly Label[],
): Promise<Told[]> {
  const truths = new Map(labels.map(({ predictionId, value }) => [predictionId, value]));
  const window = windowOfPredictions(truths.keys());
  if (window === undefined) return [];
  const told: Told[] = [];
  let records = 0;
  for await (const batch of log.read(endpoint, {
    ...window,
    from: Math.max(sinceMs, window.from ?? sinceMs),
  })) {
    for (const { id, version, value } of batch) {
      const truth = truths.get(id);
      if (truth !== undefined) told.push({ version, value, truth });
    }
    records += batch.length;
    if (told.length === truths.size || records >= MOST_RECORDS) break;
  }
  return told;
}

function compareTold(version: readonly Told[], former: readonly Told[]): Quality {
  const isWrong = wrongBy(former);
  const share = (told: readonly Told[]) => ({ had: told.filter(isWrong).length, of: told.length });
  return { version: share(version), former: share(former) };
}

/** Of classes: another class. Of numbers: further off than the former version usually is. */
function wrongBy(former: readonly Told[]): (told: Told) => boolean {
  const errors = former.map(errorOf).filter((error) => error !== null);
  if (errors.length === 0) return (told) => errorOf(told) === null && String(told.value) !== told.truth;
  errors.sort((a, b) => a - b);
  const allowed = USUAL_ERRORS * errors[Math.floor(errors.length / 2)]!;
  return (told) => (errorOf(told) ?? Number.POSITIVE_INFINITY) > allowed;
}

/** Of a number; null for classes. */
function errorOf({ value, truth }: Told): number | null {
  return typeof value === 'number' ? Math.abs(value - Number(truth)) : null;
}
