import type { GateCondition, ValidationResult, ValidationSet } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { modelVersion, type WantedModel } from '../model-version.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, clean, figure, print, say, table } from '../output.ts';
import { progressReporter } from '../progress-reporter.ts';
import { EXIT_REFUSED, paint } from '../report-failure.ts';
import { validationSet, withGates } from '../validation-options.ts';
import { sameFlags } from './up.ts';

type Options = CommonOptions & { target?: string; gate?: GateCondition[] };

export function addValidateCommand(program: Command): void {
  withGates(common(program.command('validate')))
    .description('Validate a version on a dataset, and keep the report with the version.')
    .argument('<model>', 'as MODEL or MODEL@VERSION (the newest)', modelVersion)
    .argument('<dataset>', 'as NAME or NAME@VERSION (the newest)', validationSet)
    .option('--target <column>', 'the column of outcomes, for an imported model (label, target, y or class)')
    .action(async ({ model, version }: WantedModel, dataset: ValidationSet, options: Options) => {
      const client = await connect(options);
      const started = await client.call['models.validate']({
        params: { name: model },
        body: { version, dataset, target: options.target, gates: options.gate ?? [] },
      });
      const job = await followJob(client, started.id, progressReporter(options.json));
      const result = job.output as ValidationResult;
      answer(result, options.json, () => show(result, sameFlags(options)));
      if (result.passed === false) process.exitCode = EXIT_REFUSED;
    });
}

/** What is shown of the report that the server made. */
type Measured = {
  name: string;
  rows: number;
  metrics: Record<string, number>;
  baseline: { metrics: Record<string, number> };
  champion: { version: number; metrics: Record<string, number> } | null;
  origin?: { notes: string[] };
};

function show({ model, version, report, gates, says }: ValidationResult, flags: string): void {
  const { datasets } = report as { datasets: Measured[] };
  for (const { name, rows, metrics, baseline, champion } of datasets) {
    print(`${model}@${version} on ${name}, ${rows.toLocaleString('en')} rows`);
    const baselineOf = new Map(Object.entries(baseline.metrics));
    const championOf = new Map(Object.entries(champion?.metrics ?? {}));
    table(
      ['metric', 'model', 'baseline', ...(champion === null ? [] : [`champion (${champion.version})`])],
      Object.entries(metrics).map(([id, value]) => [
        id,
        figure(value),
        figure(baselineOf.get(id)),
        ...(champion === null ? [] : [figure(championOf.get(id))]),
      ]),
    );
  }
  say(clean(says));
  for (const { origin } of datasets) for (const note of origin?.notes ?? []) say(`  ! ${clean(note)}`);
  for (const gate of gates) say(`  ${gate.passed ? paint('32', '✓') : paint('31', '✗')} ${clean(gate.says)}`);
  say(`Kept with the version: slipway models show ${model}${flags}`);
}
