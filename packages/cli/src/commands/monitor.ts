import type { Alert, MonitorReport } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { paint } from '../report-failure.ts';
import { answer, clean, print } from '../talk.ts';

type Options = CommonOptions & { from?: string; to?: string };
type Performance = { realised?: { says: string }; estimated?: { says: string } | null };

export function addMonitorCommand(program: Command): void {
  common(program.command('monitor'))
    .description('Compare an endpoint’s traffic with what its model was trained on.')
    .argument('<endpoint>')
    .option('--from <time>', 'start of the window, ISO 8601 (the last day, or more when that is thin)')
    .option('--to <time>', 'end of the window (now)')
    .action(async (endpoint: string, options: Options) => {
      const client = await connect(options);
      const params = { name: endpoint };
      const { from, to } = options;
      const job = await client.call['monitor.run']({ params, body: { from, to } });
      await waitForJob(client, job.id);
      const { reports, alerts } = await client.call['monitor.reports']({ params, query: { limit: 1 } });
      const report = reports[0]!;
      answer({ ...report, alerts }, options.json, () => {
        showReport(report);
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

function showReport(report: MonitorReport): void {
  const { window, columns, performance, calls, chosenDates } = report;
  print(`${window.rows} predictions from ${window.from} to ${window.to}`);
  print(
    `${report.drifted ? paint('33', '!', process.stdout) : paint('32', '✓', process.stdout)} ${clean(report.says)}`,
  );
  for (const column of columns.filter((one) => one.drifted || one.warnings !== undefined))
    print(`  ${clean(column.name)}: ${clean(column.says)}`);
  if (calls !== undefined && calls.refused > 0)
    print(`  refused: ${calls.refused} of ${calls.refused + calls.answered} calls`);
  for (const { says, count } of calls?.refusals ?? []) print(`    ${count}: ${clean(says)}`);
  const { realised, estimated } = performance as Performance;
  if (realised) print(`  quality: ${clean(realised.says)}`);
  if (estimated) print(`  estimated: ${clean(estimated.says)}`);
  if (chosenDates === true)
    print('The dates were chosen: this report opens and closes no alert and starts no retraining.');
}
