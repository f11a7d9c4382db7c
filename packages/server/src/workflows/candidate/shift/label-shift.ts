import type { Column } from '../../../stages/ingest/index.ts';
import { type ColumnDrift, compareWindow, windowProfiler } from '../../../stages/monitor/index.ts';
import {
  type ColumnReference,
  categoryReference,
  numberReference,
  type ReferenceProfile,
} from '../../../stages/pack/index.ts';
import type { Preparation } from '../../../stages/prepare/index.ts';
import type { ShiftReport } from '../../../stages/validate/index.ts';
import type { Growth, LabelledRows } from '../rows-since-champion.ts';
import { columnShift } from './column-shift.ts';

/**
 * Effects from which a shift of the target is large: Cohen's w of 0.5 for classes and d of 0.8 for numbers (Cohen 1988), and
 * the distance of Kolmogorov and Smirnov that a shift of 0.8 standard deviations gives, 2 Φ(0.4) - 1.
 */
const LARGE: ReadonlyMap<string, number> = new Map([
  ['chi-square', 0.5],
  ['mean-shift', 0.8],
  ['kolmogorov-smirnov', 0.31],
]);

/** How the distribution of the target differs in the appended rows: two-sample tests with their effects. */
export function labelShift(
  { before, appended }: Pick<Growth, 'before' | 'appended'>,
  { target, classes }: Pick<Preparation, 'target' | 'classes'>,
): ShiftReport['label'] {
  const column = columnOf(target, classes, before);
  const reference: ColumnReference =
    column.type === 'string'
      ? { name: target, type: 'string', ...categoryReference(column) }
      : { name: target, type: 'number', ...numberReference(column.values) };
  const profile: ReferenceProfile = {
    format: 1,
    rows: before.target.length,
    columns: [reference],
    score: numberReference(new Float64Array(0)),
    importance: { [target]: 1 },
  };
  const window = windowProfiler(profile);
  appended.target.forEach((value, row) => {
    const cell = classes.length === 0 ? value : classes[value]!;
    window.add({ id: String(row), ts: '', version: 0, row: { [target]: cell }, value: 0, score: 0 });
  });
  const drift = compareWindow(profile, window.profile()).columns[0]!;
  const found = columnShift(drift);
  const large = isLarge(drift);
  const shares = sharesInWords(drift);
  return {
    ...found,
    large,
    says: `${large ? 'The distribution of the target changed by a large effect. ' : ''}${found.says}${shares}`,
  };
}

function columnOf(name: string, classes: readonly string[], { target }: LabelledRows): Column {
  if (classes.length === 0) return { name, type: 'number', values: target };
  return { name, type: 'string', codes: Int32Array.from(target), dictionary: [...classes] };
}

function isLarge({ tests }: ColumnDrift): boolean {
  return tests.some(
    ({ test, effect, drifted }) => drifted && effect >= (LARGE.get(test) ?? Number.POSITIVE_INFINITY),
  );
}

const NAMED = 3;

/** Means of numbers; of classes the shares that changed most. */
function sharesInWords({ mean, drifted, comparison }: ColumnDrift): string {
  if (!drifted) return '';
  if (mean !== undefined) return ` Its mean went from ${short(mean.reference)} to ${short(mean.window)}.`;
  const changes = comparison.labels.map((label, i) => ({
    label,
    from: comparison.reference[i]!,
    to: comparison.window[i]!,
  }));
  const most = changes.toSorted((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from)).slice(0, NAMED);
  const parts = most.filter(({ from, to }) => from !== to);
  return ` Shares: ${parts.map(({ label, from, to }) => `${label} ${percent(from)} to ${percent(to)}`).join(', ')}.`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
