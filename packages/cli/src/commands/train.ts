import {
  type PipelineRun,
  refuseUnsupportedTraining,
  type ShipResult,
  type TaskName,
  type TrainRequest,
} from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import type { Command } from 'commander';
import { follow } from '../follow.ts';
import { interruption } from '../interruption.ts';
import { type CommonOptions, common, seconds, wholeNumber } from '../options.ts';
import { answer } from '../output.ts';
import { readParams, readSection, readSpace } from '../parse-training-options.ts';
import type { UpOptions } from '../platform.ts';
import { previewAlone } from '../preview.ts';
import { type ReadingFlags, readOptionsOf, withReading } from '../reading-options.ts';
import { EXIT_REFUSED } from '../report-failure.ts';
import { showTrained } from '../show-trained.ts';
import { refuseUnreadableTable, type TableSource, uploaded } from '../table-source.ts';
import { judgingOf, oneTarget, type TrainingOptions, taskName, withTraining } from '../training-options.ts';
import { onPlatform } from '../use-platform.ts';
import { sameFlags, withPorts } from './up.ts';

type Options = CommonOptions &
  UpOptions &
  TrainingOptions &
  ReadingFlags & {
    target?: string;
    task?: TaskName;
    budget?: number;
    seed?: number;
    learner?: string;
    params?: string;
    space?: string;
    trials?: number;
    config?: string;
  };

export function addTrainCommand(program: Command): void {
  const train = withTraining(withPorts(common(program.command('train'))))
    .description(
      'Train a model and register it, without deploying: automatic, tuned, or with fixed parameters.',
    )
    .argument('<table>', 'a file, or a dataset that exists, as NAME or NAME@VERSION')
    .option('--target <column>', 'the column to predict', oneTarget)
    .option('--task <task>', 'what kind of prediction: binary, multiclass or regression (inferred)', taskName)
    .option('--learner <learner>', 'only this one, such as boosted-trees')
    .option('--params <params>', 'parameters of the learner that stay: leaves=31,l2=1 or a JSON or YAML file')
    .option('--space <file>', 'JSON or YAML file with the ranges to search')
    .option(
      '--trials <n>',
      'maximum number of trials (default: until the search converges or the budget ends)',
      wholeNumber,
    )
    .option('--budget <time>', 'time for training, such as 60s or 5m (60s)', seconds)
    .option(
      '--seed <n>',
      'seed of the random numbers; the same seed makes the same choices (default 1)',
      wholeNumber,
    )
    .option('--config <file>', 'read the other options from the section `train:` of this slipway.yaml')
    .action(async (table: string, options: Options) => {
      const request = await requestOf(options);
      refuseUnsupportedTraining(request);
      await refuseUnreadableTable(table, options);
      const interrupted = interruption();
      if (options.preview) return previewAlone(table, options, request.read, interrupted.signal);
      let source: TableSource | undefined;
      let started: PipelineRun | undefined;
      const train = async (client: Client) => {
        source ??= await uploaded(client, table, options, interrupted.signal);
        started ??= await client.call['pipelineRuns.train']({ body: { ...request, ...source } });
        const { result } = await follow(client, started, interrupted, options.json);
        answer(result, options.json, () => showTrained(result as ShipResult, sameFlags(options)));
        if (request.gates !== undefined && result?.gates.some((gate) => !gate.passed))
          process.exitCode = EXIT_REFUSED;
      };
      const { platform } = await onPlatform({ ...options, temporary: true }, interrupted.signal, train);
      await platform?.stop();
    });
  withReading(train);
}

/** What is told by flags goes before what the configuration says. */
async function requestOf(options: Options): Promise<Omit<TrainRequest, 'uploadId' | 'dataset'>> {
  const section = options.config === undefined ? {} : await readSection(options.config);
  const { target, task, budget, seed, learner, trials } = options;
  const told = {
    ...judgingOf(options),
    target,
    task,
    budgetSeconds: budget,
    seed,
    learner,
    trials,
    params: options.params === undefined ? undefined : await readParams(options.params),
    space: options.space === undefined ? undefined : await readSpace(options.space),
    read: readOptionsOf(options),
  };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { ...section, ...given } as Omit<TrainRequest, 'uploadId' | 'dataset'>;
}
