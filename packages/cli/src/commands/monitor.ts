import type { Alert, MonitorReport } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { untilDone } from '../follow-job.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, clean, print } from '../output.ts';
import { paint } from '../report-failure.ts';

type Options = CommonOptions & { from?: string; to?: string; labelDays?: number; verbose?: boolean };
type Realised = NonNullable<MonitorReport['performance']['realised']>;

export function addMonitorCommand(program: Command): void {
  common(program.command('monitor'))
    .description('Compare an endpoint’s traffic with what its model was trained on.')
    .argument('<endpoint>')
    .option(
      '--from <time>',
      'start of the window: a date, in UTC, or a time with its zone (the last day, or more when that is thin)',
    )
    .option('--to <time>', 'end of the window, itself not in it (now)')
    .option(
      '--label-days <n>',
      'days of predictions, back from the newest labelled one, that performance is measured over (the shortest of 1, 7, 30 and 90 with 300 labels)',
      wholeNumber,
    )
    .option(
      '--verbose',
      'every column with the figures of its tests, and every measure of performance beside the hold-out’s',
    )
    .action(async (endpoint: string, options: Options) => {
      const client = await connect(options);
      const params = { name: endpoint };
      const { from, to, labelDays } = options;
      const job = await client.call['monitor.run']({ params, body: { from, to, labelDays } });
      await untilDone(client, job.id);
      const { reports, alerts } = await client.call['monitor.reports']({ params, query: { limit: 1 } });
      const report = reports[0]!;
      answer({ ...report, alerts }, options.json, () => {
        showReport(report, options.verbose === true);
        for (const alert of alerts)
          print(
            `${paint('33', '!', process.stdout)} ${alert.severity}${aboutVersion(alert)}: ${clean(alert.says)}`,
          );
      });
    });
}

function aboutVersion({ version }: Alert): string {
  return version === null ? '' : ` (version ${version})`;
}

function showReport(report: MonitorReport, verbose: boolean): void {
  const { window, columns, performance, calls, chosenDates } = report;
  print(`${window.rows} predictions from ${window.from} to ${window.to}`);
  print(
    `${report.drifted || performance.realised?.degraded === true ? paint('33', '!', process.stdout) : paint('32', '✓', process.stdout)} ${clean(report.says)}`,
  );
  const told = [...columns, ...scoresOf(report)].filter(
    (one) => verbose || one.drifted || one.warnings !== undefined || one.notCompared !== undefined,
  );
  for (const column of told) showColumn(column, verbose);
  if (calls !== undefined && calls.refused > 0)
    print(`  refused: ${calls.refused} of ${calls.refused + calls.answered} calls`);
  for (const { says, count } of calls?.refusals ?? []) print(`    ${count}: ${clean(says)}`);
  const { realised, estimated } = performance;
  if (realised) showPerformance(realised, verbose);
  if (estimated) print(`  estimated: ${clean(estimated.says)}`);
  if (chosenDates === true)
    print('The dates were chosen: this report opens and closes no alert and starts no retraining.');
}

type Column = MonitorReport['columns'][number];

/** Scores have the form of columns; the contract leaves them open. */
function scoresOf({ scores }: MonitorReport): Column[] {
  return Array.isArray(scores) ? (scores as Column[]) : [];
}

function showColumn({ says, statistics, tests }: Column, verbose: boolean): void {
  print(`  ${clean(says)}`);
  if (!verbose) return;
  if (statistics !== undefined) print(`    ${clean(statistics)}`);
  for (const test of Array.isArray(tests) ? (tests as Test[]) : []) {
    const effect = `${test.measure} ${test.effect.toPrecision(3)}, limit ${test.threshold}`;
    print(`    ${clean(test.test)}: ${clean(effect)}, p = ${test.pValue.toExponential(1)}`);
  }
}

type Test = { test: string; measure: string; effect: number; threshold: number; pValue: number };

/** The decision and what it was measured on; each measure beside the hold-out's where more is asked for. */
function showPerformance({ says, measures = [] }: Realised, verbose: boolean): void {
  print(`  performance: ${clean(says)}`);
  if (!verbose) return;
  for (const { name, value, holdout, degraded } of measures) {
    const mark = degraded ? paint('33', '!', process.stdout) : ' ';
    const shown = value === null ? 'not defined on these labels' : interval(value);
    print(
      `  ${mark} ${clean(name)} ${shown}${holdout === null ? '' : `, on the hold-out ${interval(holdout)}`}`,
    );
  }
}

function interval({ value, low, high }: { value: number; low: number; high: number }): string {
  return `${rounded(value)} (95 % interval ${rounded(low)} to ${rounded(high)})`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
