import { type Model, type ModelVersion, ownValue } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, clean, figure, print, table } from '../output.ts';
import { addImportCommand } from './import-model.ts';

export function addModelCommands(program: Command): void {
  const models = program.command('models').description('Models and their versions.');
  common(models.command('list'))
    .description('List the models.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['models.list']();
      answer(found, options.json, () =>
        table(
          ['model', 'task', 'target', 'versions', 'champion', 'metric', 'value'],
          found.models.map((one) => [
            one.name,
            one.task,
            one.target,
            one.versions,
            one.champion,
            one.primaryMetric,
            figure(one.primaryValue),
          ]),
        ),
      );
    });
  addImportCommand(models);
  common(models.command('show'))
    .description('Show a model and its versions.')
    .argument('<model>')
    .action(async (name: string, options: CommonOptions) => {
      const found = await (await connect(options)).call['models.get']({ params: { name } });
      answer(found, options.json, () => {
        print(`${found.name} predicts ${found.target} (${found.task})`);
        table(
          [
            'version',
            'aliases',
            'learner',
            found.primaryMetric || 'metric',
            'dataset',
            'size',
            'gates',
            'made',
          ],
          found.versions.map((one) => [
            one.version,
            one.aliases.join(' '),
            one.learner,
            figure(ownValue(one.metrics, one.primaryMetric)),
            one.dataset === null ? null : `${one.dataset} ${one.datasetVersion}`,
            bytes(one.bytes),
            gatesOf(one),
            one.createdAt,
          ]),
        );
        if (found.validations.length > 0) showValidations(found.validations);
      });
    });
  common(models.command('card'))
    .description('Print the model card of a version (the newest).')
    .argument('<model>')
    .argument('[version]')
    .action(async (name: string, version: string | undefined, options: CommonOptions) => {
      const client = await connect(options);
      const newest = version ?? (await client.call['models.get']({ params: { name } })).versions[0]!.version;
      const found = await client.call['models.version']({ params: { name, version: newest } });
      answer(found, options.json, () => process.stdout.write(found.card));
    });
}

/** What versions were measured to be after they were made. */
function showValidations(validations: Model['validations']): void {
  print('\nMeasured later');
  table(
    ['version', 'dataset', 'gates', 'when', 'by', 'result'],
    validations.map((one) => [
      one.version,
      `${one.dataset}@${one.datasetVersion}`,
      one.passed === null ? null : one.passed ? 'hold' : 'closed',
      one.createdAt,
      one.by,
      clean(one.says),
    ]),
  );
}

/** A model that was made elsewhere has no gates to hold. */
function gatesOf({ gates }: Pick<ModelVersion, 'gates'>): string | null {
  if (gates.length === 0) return null;
  return gates.every((gate) => gate.passed) ? 'hold' : 'closed';
}
