import { fail, whyNotAcceptable } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { follow } from '../follow.ts';
import { interruption } from '../interruption.ts';
import { type CommonOptions, common, gather, seconds, wholeNumber } from '../options.ts';
import { answer, say } from '../output.ts';
import { previewFile } from '../preview.ts';
import { progressReporter } from '../progress-reporter.ts';
import { type ReadingFlags, readOptionsOf, withReading } from '../reading-options.ts';
import { type RecencyFlags, wantedRecency, withRecency } from '../recency-options.ts';
import { EXIT_REFUSED } from '../report-failure.ts';
import { shownHorizon, showShipped } from '../show-shipped.ts';
import { ALLOW_LEAKAGE, refitOf, withRefit } from '../training-options.ts';
import { refuseUnreadable, uploadFile } from '../upload.ts';
import { type ValidationOptions, validationOf, withValidation } from '../validation-options.ts';
import { wayToAccept } from './pipelines.ts';
import { sameFlags } from './up.ts';

type Options = CommonOptions &
  ReadingFlags &
  ValidationOptions &
  RecencyFlags & {
    budget: number;
    seed: number;
    refit?: boolean;
    exclude?: string[];
    allowLeakage?: string[];
    allRows?: boolean;
    acceptShift?: boolean;
  };

export function addRetrainCommand(program: Command): void {
  const retrain = withRefit(withValidation(common(program.command('retrain'))))
    .description('Append new rows, train again, and promote only if the gates hold.')
    .argument('<endpoint>')
    .argument('<file>', 'new rows with the columns of the dataset')
    .option('--budget <time>', 'time for training, such as 60s or 5m', seconds, 60)
    .option('--seed <n>', 'seed of the random numbers; the same seed makes the same choices', wholeNumber, 1)
    .option('--exclude <columns>', 'columns to exclude from this and later trainings', gather)
    .option('--allow-leakage <columns>', ALLOW_LEAKAGE, gather)
    .option('--all-rows', "train on all rows, even if the endpoint's policy says otherwise")
    .option('--accept-shift', 'the new rows differ on purpose: the recent rows decide')
    .action(async (endpoint: string, file: string, options: Options) => {
      const read = readOptionsOf(options);
      await refuseUnreadable(file);
      const client = await connect(options);
      const interrupted = interruption();
      if (options.preview) {
        const ask = { read, json: options.json, signal: interrupted.signal };
        return previewFile(client, file, ask, { dataset: await datasetOf(client, endpoint) });
      }
      const progress = progressReporter(options.json);
      const uploadId = await uploadFile(client, file, {
        progress,
        signal: interrupted.signal,
        format: options.format,
      }).finally(progress.end);
      const started = await client.call['endpoints.retrain']({
        params: { name: endpoint },
        body: {
          uploadId,
          budgetSeconds: options.budget,
          seed: options.seed,
          read,
          refit: refitOf(options),
          exclude: options.exclude,
          allowLeakage: options.allowLeakage,
          recent: wantedRecency(options),
          acceptShift: options.acceptShift,
          ...validationOf(options),
        },
      });
      const pipelineRun = await follow(client, started, interrupted, options.json);
      const steps = await shownHorizon(client, pipelineRun.result!);
      answer(pipelineRun.result, options.json, () => {
        showShipped(pipelineRun.result!, sameFlags(options), steps);
        if (whyNotAcceptable(pipelineRun) === undefined) say(wayToAccept(pipelineRun.id));
      });
      if (pipelineRun.state === 'refused') process.exitCode = EXIT_REFUSED;
    });
  withRecency(withReading(retrain));
}

/** The dataset that new rows are appended to. Throws `endpoint.missing`, `model.made-elsewhere`. */
async function datasetOf(client: Client, endpoint: string): Promise<string> {
  const { model } = await client.call['endpoints.get']({ params: { name: endpoint } });
  const { versions } = await client.call['models.get']({ params: { name: model } });
  const dataset = versions.find((one) => one.dataset !== null)?.dataset;
  if (dataset == null) throw fail('model.made-elsewhere', { name: model });
  return dataset;
}
