import type { RolloutCheck, RolloutPlan } from '@slipway/contract';
import { type Estimate, meanTail } from './mean-tests.ts';
import { fisherExact, type Share, wilsonInterval } from './share-tests.ts';

/** How a version did on its predictions whose outcome is known. */
export type VersionQuality = {
  /** Another class; of numbers those further off than the former version's usual error. */
  wrong: Share;
  /** Of classes: how many rows of each true class were predicted as another one. Empty for numbers. */
  missed: (Share & { name: string })[];
  /** Those that the rows of the version define. */
  measures: Measure[];
};

export type Measure = Estimate & { id: MeasureId };

/** `cost` is that of a row, where the model's threshold was chosen by costs. */
export type MeasureId = 'roc-auc' | 'log-loss' | 'rmse' | 'mae' | 'pinball' | 'cost';

/** What is known of both versions of a rollout from labels that came in since it began. */
export type Quality = { version: VersionQuality; former: VersionQuality };

type Abort = RolloutPlan['abort'];

/** Below this many rows of the previous version, or rows of one class, there is nothing to compare with. */
const LEAST_ROWS = 20;
const LEAST_OF_CLASS = 5;
/** The three rules on labels share one chance of a false alarm, and one of holding a version that is as good. */
const RULES_ON_LABELS = 3;
const DOUBT = 0.15;

type Judged = { probability: number; matters: boolean; says: string };

/**
 * What the rules on labels say: the share of wrong predictions, the share missed of each true class (so that a rare class
 * counts as much as a common one), and the measures. Each divides its chance of a false alarm by the number of its
 * comparisons (Bonferroni). A difference that matters and is not certain yet is `uncertain`: the rollout holds.
 *
 * @param significance what this look may spend of the chance of a false alarm; 0 where it may not abort
 */
export function judgeQuality(quality: Quality | null, abort: Abort, significance: number): RolloutCheck[] {
  if (quality === null)
    return (['quality', 'classes', 'measures'] as const).map((rule) =>
      tooFew(rule, 'No labels have come in.'),
    );
  const levels = { worse: significance / RULES_ON_LABELS, uncertain: DOUBT / RULES_ON_LABELS };
  return [
    verdictOf(
      'quality',
      wrongOf(quality, abort),
      levels,
      'Too few labels to compare the share of wrong predictions.',
    ),
    verdictOf('classes', classesOf(quality, abort), levels, 'No class has enough labels in both versions.'),
    verdictOf(
      'measures',
      measuresOf(quality, abort),
      levels,
      'Too few labels for a measure of both versions.',
    ),
  ];
}

/** Labelled predictions of the version. */
export function labelledRows(quality: Quality | null): number {
  return quality?.version.wrong.of ?? 0;
}

function verdictOf(
  rule: RolloutCheck['rule'],
  judged: readonly Judged[],
  levels: { worse: number; uncertain: number },
  missing: string,
): RolloutCheck {
  if (judged.length === 0) return tooFew(rule, missing);
  const alarming = judged.filter(({ matters }) => matters);
  const first = (alarming.length > 0 ? alarming : judged).toSorted(
    (a, b) => a.probability - b.probability,
  )[0]!;
  const isBelow = (level: number) => first.matters && first.probability < level / judged.length;
  const verdict = isBelow(levels.worse) ? 'worse' : isBelow(levels.uncertain) ? 'uncertain' : 'fine';
  return { rule, verdict, says: first.says };
}

function tooFew(rule: RolloutCheck['rule'], says: string): RolloutCheck {
  return { rule, verdict: 'too-few', says };
}

function wrongOf({ version, former }: Quality, { qualityPoints }: Abort): Judged[] {
  if (version.wrong.of === 0 || former.wrong.of < LEAST_ROWS) return [];
  return [sharesOf(version.wrong, former.wrong, qualityPoints, 'of the labelled predictions were wrong')];
}

function classesOf({ version, former }: Quality, { qualityPoints }: Abort): Judged[] {
  const before = new Map(former.missed.map((share) => [share.name, share]));
  return version.missed.flatMap((own) => {
    const other = before.get(own.name);
    if (other === undefined || own.of < LEAST_OF_CLASS || other.of < LEAST_OF_CLASS) return [];
    return [sharesOf(own, other, qualityPoints, `of class ${own.name} were missed`)];
  });
}

function sharesOf(version: Share, former: Share, points: number, phrase: string): Judged {
  const difference = version.had / version.of - former.had / former.of;
  return {
    probability: fisherExact(version, former),
    matters: difference * 100 > points,
    says: `${shareInWords(version)} ${phrase}; of the previous version ${shareInWords(former)}.`,
  };
}

function measuresOf({ version, former }: Quality, abort: Abort): Judged[] {
  const before = new Map(former.measures.map((measure) => [measure.id, measure]));
  return version.measures.flatMap((own) => {
    const other = before.get(own.id);
    return other === undefined ? [] : [measureOf(own, other, abort)];
  });
}

const NAMES: Record<MeasureId, string> = {
  'roc-auc': 'ROC AUC',
  'log-loss': 'Log loss',
  rmse: 'RMSE',
  mae: 'MAE',
  pinball: 'Pinball loss',
  cost: 'Mean cost of a row',
};

function measureOf(own: Measure, other: Measure, { qualityPoints, lossRatio }: Abort): Judged {
  const isGain = own.id === 'roc-auc';
  const [now, before] = [shownValue(own), shownValue(other)];
  const loss = isGain ? before - now : now - before;
  const tolerated = isGain ? qualityPoints / 100 : (lossRatio - 1) * Math.abs(before);
  return {
    probability: isGain ? meanTail(other, own) : meanTail(own, other),
    matters: loss > tolerated,
    says: `${NAMES[own.id]} is ${figure(now)} on the labelled predictions; ${figure(before)} of the previous version.`,
  };
}

/** The test compares mean squares; people know their root. */
export function shownValue({ id, value }: Measure): number {
  return id === 'rmse' ? Math.sqrt(value) : value;
}

function shareInWords(share: Share): string {
  const { low, high } = wilsonInterval(share);
  const [value, from, to] = [share.had / share.of, low, high].map((each) => figure(each * 100));
  return `${value} % (${share.had} of ${share.of}, 95 % interval ${from} to ${to} %)`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
