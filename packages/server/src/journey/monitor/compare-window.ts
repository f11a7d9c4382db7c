import { ownValue } from '@slipway/contract';
import { distinctDigits } from '../../kernel/index.ts';
import type { ColumnReference, ReferenceProfile } from '../pack/index.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { categoryShares, classContrast, contrastOf, numberContrast, sharesOf, total } from './contrast.ts';
import { describeColumn, describeWindow } from './describe-drift.ts';
import { type Contrast, DRIFT_TESTS } from './drift-tests/index.ts';
import type {
  CategoryWindow,
  ColumnDrift,
  ColumnWindow,
  Comparison,
  DriftLevel,
  DriftReport,
  TestResult,
  WarningCounts,
  WindowProfile,
} from './model.ts';
import { MONITOR_DEFAULTS, type MonitorOptions } from './options.ts';

/** A column on its way to a verdict. */
type Candidate = {
  name: string;
  importance: number;
  contrast: Contrast;
  comparison: Comparison;
  mean?: { reference: number; window: number };
  unseenValues?: Record<string, number>;
  warnings?: WarningCounts | undefined;
};

/**
 * How a window of traffic differs from the training data, column by column, and in its scores.
 *
 * A column has drifted when one of its tests shows an effect that matters in practice, is beyond what chance gives
 * at these sample sizes, and stays significant among all tests of the window (Benjamini-Hochberg). So a window
 * without drift is called drifted with probability `alpha` at most, however many columns there are, and a large
 * window does not cry over a difference nobody would care for.
 */
export function compareWindow(
  reference: ReferenceProfile,
  window: WindowProfile,
  options: Partial<MonitorOptions> = {},
): DriftReport {
  const { alpha, minRows } = { ...MONITOR_DEFAULTS, ...options };
  const inputs = reference.columns.map((column, i) => inputCandidate(reference, column, window.columns[i]!));
  const candidates = [...inputs, ...scoreCandidates(reference, window)];
  const results = correctTogether(
    candidates.map(({ contrast }) => runTests(contrast, alpha)),
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
  window: ColumnWindow,
): Candidate {
  const importance = ownValue(reference.importance, column.name) ?? 0;
  const contrast = contrastOf(column, window);
  const base = { name: column.name, importance, contrast, warnings: window.warnings };
  if ('edges' in column) {
    const labels =
      column.type === 'string'
        ? binLabels(column.edges, 'number').map((label) => `${label} known words`)
        : binLabels(column.edges, column.type);
    const comparison = compareBins(contrast, labels);
    return { ...base, comparison, mean: meansOf(contrast) };
  }
  const found = window as CategoryWindow;
  const comparison = {
    labels: [...column.values, '(other)', '(never seen)'],
    reference: categoryShares(column),
    window: categoryShares(found),
  };
  return { ...base, comparison, unseenValues: found.unseenValues };
}

function scoreCandidates(reference: ReferenceProfile, window: WindowProfile): Candidate[] {
  // What an inference graph answers was never measured on held-out rows: there is nothing to compare with.
  if (!hasScores(reference)) return [];
  const contrast = numberContrast(reference.score, window.score);
  const score: Candidate = {
    name: 'score',
    importance: 1,
    contrast,
    comparison: compareBins(contrast, binLabels(reference.score.edges, 'number')),
    mean: meansOf(contrast),
  };
  if (reference.classShares === undefined) return [score];
  const holdout = total(contrast.reference.cells);
  const classes = classContrast(reference.classShares, holdout, window.classes);
  const comparison = compareBins(classes.contrast, classes.labels);
  return [score, { name: 'predicted class', importance: 1, contrast: classes.contrast, comparison }];
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

function runTests(contrast: Contrast, alpha: number): Uncorrected[] {
  return DRIFT_TESTS.filter((test) => test.kinds.includes(contrast.kind)).flatMap((test) => {
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
      const drifted = passes && test.effect >= test.threshold && test.effect > test.chance;
      return { ...test, significant: passes, drifted };
    }),
  );
}

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
  };
  return { ...column, says: describeColumn(column, leading, alpha) };
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
