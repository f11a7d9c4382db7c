import type { MonitorReport } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { paint } from '../report-failure.ts';
import { answer, clean, print } from '../talk.ts';

type Options = CommonOptions & { from?: string; to?: string; verbose?: boolean };
type Performance = { realised?: { says: string }; estimated?: { says: string } | null };

export function addMonitorCommand(program: Command): void {
  common(program.command('monitor'))
    .description('Compare an endpoint’s traffic with what its model was trained on.')
    .argument('<endpoint>')
    .option('--from <time>', 'start of the window, ISO 8601 (the last day, or more when that is thin)')
    .option('--to <time>', 'end of the window (now)')
    .option('--verbose', 'every column, with the figures of its tests')
    .action(async (endpoint: string, options: Options) => {
      const client = await connect(options);
      const params = { name: endpoint };
      const { from, to } = options;
      const job = await client.call['monitor.run']({ params, body: { from, to } });
      await waitForJob(client, job.id);
      const { reports, alerts } = await client.call['monitor.reports']({ params, query: { limit: 1 } });
      const report = reports[0]!;
      answer({ ...report, alerts }, options.json, () => {
        showReport(report, options.verbose === true);
        for (const alert of alerts)
          print(`${paint('33', '!', process.stdout)} ${alert.severity}: ${clean(alert.says)}`);
      });
    });
}

function showReport(report: MonitorReport, verbose: boolean): void {
  const { window, columns, performance } = report;
  print(`${window.rows} predictions from ${window.from} to ${window.to}`);
  print(
    `${report.drifted ? paint('33', '!', process.stdout) : paint('32', '✓', process.stdout)} ${clean(report.says)}`,
  );
  const told = [...columns, ...scoresOf(report)].filter(
    (one) => verbose || one.drifted || one.warnings !== undefined || one.notCompared !== undefined,
  );
  for (const column of told) showColumn(column, verbose);
  const { realised, estimated } = performance as Performance;
  if (realised) print(`  quality: ${clean(realised.says)}`);
  if (estimated) print(`  estimated: ${clean(estimated.says)}`);
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
