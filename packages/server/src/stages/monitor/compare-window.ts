import { ownValue } from '@slipway/contract';
import { distinctDigits } from '../../kernel/index.ts';
import type { ColumnReference, ReferenceProfile } from '../pack/index.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import {
  categoryShares,
  classContrast,
  contrastOf,
  numberContrast,
  sharesOf,
  total,
  trafficAsReference,
} from './contrast.ts';
import { describeColumn, describeStatistics, describeWindow } from './describe-drift.ts';
import { type Contrast, DRIFT_TESTS, type DriftTest } from './drift-tests/index.ts';
import type {
  CategoryWindow,
  ColumnDrift,
  ColumnWindow,
  Comparison,
  DriftLevel,
  DriftReport,
  NotCompared,
  TestResult,
  WarningCounts,
  WindowProfile,
} from './model.ts';
import { notCompared } from './not-compared.ts';
import { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';
import { classesOnSameParts, columnOnSameParts, scoreOnSameParts } from './same-parts.ts';

/** A column on its way to a verdict. */
type Candidate = {
  name: string;
  importance: number;
  contrast: Contrast;
  comparison: Comparison;
  mean?: { reference: number; window: number };
  unseenValues?: Record<string, number>;
  warnings?: WarningCounts | undefined;
  /** What its sentence is made of besides. */
  reference?: ColumnReference;
  notCompared?: NotCompared | undefined;
};

/**
 * How a window of traffic differs from the training data, column by column, and in its scores: from the training data of the
 * same parts of the week where these differ there, and not in the values of columns that merely go on with time.
 *
 * A column has drifted when one of its tests shows an effect that matters in practice, is beyond what chance gives
 * at these sample sizes, and stays significant among all tests of the window (Benjamini-Hochberg). So a window
 * without drift is called drifted with probability `alpha` at most, however many columns there are, and a large
 * window does not raise an alert over a difference that matters to nobody. With `earlier` traffic of the same reference, the
 * window is compared with that in place of the training data.
 */
export function compareWindow(
  reference: ReferenceProfile,
  window: WindowProfile,
  options: Partial<MonitorOptions> = {},
  earlier?: WindowProfile,
): DriftReport {
  const { alpha, minRows } = { ...MONITOR_DEFAULTS, ...options };
  const inputs = reference.columns.map((column, i) => inputCandidate(reference, column, window, i, earlier));
  const candidates = [...inputs, ...scoreCandidates(reference, window, earlier)];
  const results = correctTogether(
    candidates.map((candidate) => runTests(candidate, alpha)),
    alpha,
  );
  const judged = candidates.map((candidate, i) => judge(candidate, results[i]!, alpha));
  const report = {
    rows: window.rows,
    referenceRows: reference.rows,
    alpha,
    minRows,
    enough: window.rows >= minRows,
    drifted: judged.some((column) => column.drifted),
    columns: judged.slice(0, inputs.length).sort((a, b) => b.severity - a.severity),
    scores: judged.slice(inputs.length),
  };
  return { ...report, says: describeWindow(report) };
}

function inputCandidate(
  reference: ReferenceProfile,
  column: ColumnReference,
  window: WindowProfile,
  place: number,
  earlier: WindowProfile | undefined,
): Candidate {
  const importance = ownValue(reference.importance, column.name) ?? 0;
  const own: ColumnWindow = window.columns[place]!;
  const sameParts =
    earlier === undefined
      ? columnOnSameParts(reference, column, window)
      : trafficAsReference(column, earlier.columns[place]!);
  const contrast = contrastOf(column, own, sameParts);
  const base = {
    ...{ name: column.name, importance, contrast, warnings: own.warnings, reference: column },
    notCompared: notCompared(column, contrast, window),
  };
  if ('edges' in column) {
    const labels =
      column.type === 'string'
        ? binLabels(column.edges, 'number').map((label) => `${label} known words`)
        : binLabels(column.edges, column.type);
    const comparison = compareBins(contrast, labels);
    return { ...base, comparison, mean: meansOf(contrast) };
  }
  const found = own as CategoryWindow;
  const comparison = {
    labels: [...column.values, '(other)', '(never seen)'],
    reference: categoryShares({ ...column, ...sameParts }),
    window: categoryShares(found),
  };
  return { ...base, comparison, unseenValues: found.unseenValues };
}

function scoreCandidates(
  reference: ReferenceProfile,
  window: WindowProfile,
  earlier: WindowProfile | undefined,
): Candidate[] {
  // What an inference graph answers was never measured on held-out rows: there is nothing to compare with.
  if (!hasScores(reference)) return [];
  const sameParts =
    earlier === undefined
      ? scoreOnSameParts(reference, window)
      : trafficAsReference(reference.score, earlier.score);
  const contrast = numberContrast(reference.score, window.score, sameParts);
  const score: Candidate = {
    name: 'score',
    importance: 1,
    contrast,
    comparison: compareBins(contrast, binLabels(reference.score.edges, 'number')),
    mean: meansOf(contrast),
  };
  if (reference.classShares === undefined) return [score];
  const holdout = total(contrast.reference.cells);
  const { shares, rows } =
    earlier === undefined
      ? (classesOnSameParts(reference, window, holdout) ?? { shares: reference.classShares, rows: holdout })
      : classesOf(earlier);
  const classes = classContrast(shares, rows, window.classes);
  const comparison = compareBins(classes.contrast, classes.labels);
  return [score, { name: 'predicted class', importance: 1, contrast: classes.contrast, comparison }];
}

function classesOf({ classes }: WindowProfile): { shares: Record<string, number>; rows: number } {
  const rows = total(Object.values(classes));
  const shares = Object.entries(classes).map(([name, count]) => [name, count / Math.max(1, rows)] as const);
  return { shares: Object.fromEntries(shares), rows };
}

/** Whether the reference says anything of the scores. */
export function hasScores({ score: { counts, below, above } }: Pick<ReferenceProfile, 'score'>): boolean {
  return total(counts) + below + above > 0;
}

function compareBins({ reference, window }: Contrast, labels: string[]): Comparison {
  return { labels, reference: sharesOf(reference.cells), window: sharesOf(window.cells) };
}

function meansOf({ moments, window }: Contrast): { reference: number; window: number } | undefined {
  if (moments === undefined || window.present === 0) return undefined;
  return { reference: moments.reference.mean, window: moments.window.mean };
}

function binLabels(edges: readonly number[], type: 'number' | 'timestamp'): string[] {
  const digits = distinctDigits(edges);
  const show = (edge: number) =>
    type === 'timestamp'
      ? new Date(edge).toISOString().slice(0, 16)
      : String(Number(edge.toPrecision(digits)));
  if (edges.length === 0) return ['below', 'above'];
  const inner = edges.slice(1).map((edge, i) => `${show(edges[i]!)} … ${show(edge)}`);
  return [`< ${show(edges[0]!)}`, ...inner, `> ${show(edges.at(-1)!)}`];
}

type Uncorrected = Omit<TestResult, 'significant' | 'drifted'>;

function runTests({ contrast, reference, notCompared }: Candidate, alpha: number): Uncorrected[] {
  const applies = (test: DriftTest) => {
    if (test.of === 'dates') return reference?.time?.follows === 'time' && reference.time.by === 'dates';
    if (notCompared === undefined) return true;
    // Text of the calendar is new each time.
    const newText = reference?.time?.follows === 'time' && reference.time.by === 'calendar-text';
    return test.of === 'presence' && !(newText && test.id === 'unseen-share');
  };
  return DRIFT_TESTS.filter((test) => test.kinds.includes(contrast.kind) && applies(test)).flatMap((test) => {
    const finding = test.find(contrast, alpha);
    if (finding === null) return [];
    return [{ test: test.id, measure: test.measure, threshold: test.threshold, ...finding }];
  });
}

function correctTogether(columns: Uncorrected[][], alpha: number): TestResult[][] {
  const significant = benjaminiHochberg(
    columns.flat().map(({ pValue }) => pValue),
    alpha,
  );
  let next = 0;
  return columns.map((tests) =>
    tests.map((test) => {
      const passes = significant[next++]!;
      const practical = test.effect >= test.threshold && test.effect > test.chance;
      const drifted = passes && practical && (test.test !== 'psi' || isSupported(tests, alpha));
      return { ...test, significant: passes, drifted };
    }),
  );
}

/**
 * Shares of bins alone do not decide: with few distinct values, a value at an edge moves a whole bin. The cumulative
 * distribution or the mean must show a difference too.
 */
function isSupported(tests: readonly Uncorrected[], alpha: number): boolean {
  return tests.some(({ test, pValue }) => SUPPORTS.has(test) && pValue <= alpha);
}

const SUPPORTS: ReadonlySet<string> = new Set(['kolmogorov-smirnov', 'wasserstein', 'mean-shift']);

function judge(candidate: Candidate, tests: TestResult[], alpha: number): ColumnDrift {
  const { name, importance, contrast, comparison } = candidate;
  const leading = leadingTest(tests);
  const drifted = leading?.drifted ?? false;
  const strength = leading === undefined ? 0 : leading.effect / leading.threshold;
  const column = {
    name,
    kind: contrast.kind,
    drifted,
    importance,
    severity: strength * importance,
    level: drifted ? levelOf(strength * importance) : ('none' as const),
    tests,
    leading: leading?.test ?? null,
    missing: { reference: missingShare(contrast.reference), window: missingShare(contrast.window) },
    ...(candidate.mean && { mean: candidate.mean }),
    ...(candidate.unseenValues && { unseenValues: candidate.unseenValues }),
    ...(candidate.warnings && { warnings: candidate.warnings }),
    comparison,
    ...(candidate.notCompared && { notCompared: candidate.notCompared }),
  };
  return {
    ...column,
    says: describeColumn(column, leading, candidate.reference),
    statistics: describeStatistics(column, leading, alpha),
  };
}

/** A drifted test before others, then the largest effect as a multiple of its threshold. */
function leadingTest(tests: readonly TestResult[]): TestResult | undefined {
  const rank = (test: TestResult) => (test.drifted ? 1e6 : 0) + test.effect / test.threshold;
  return [...tests].sort((a, b) => rank(b) - rank(a))[0];
}

/** A drifted column that the model hardly uses stays a note. */
const LEVELS: readonly { least: number; level: DriftLevel }[] = [
  { least: 0.5, level: 'critical' },
  { least: 0.02, level: 'warning' },
  { least: 0, level: 'note' },
];

function levelOf(severity: number): DriftLevel {
  return LEVELS.find(({ least }) => severity >= least)!.level;
}

function missingShare({ missing, present }: Contrast['reference']): number {
  return missing + present === 0 ? 0 : missing / (missing + present);
}
