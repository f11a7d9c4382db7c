import { isoTime, type TimeAllowance } from '../../kernel/index.ts';
import { columnImportance, dropUnusedFeatures } from '../../stages/optimize/index.ts';
import { packBundle } from '../../stages/pack/index.ts';
import { encodeFeatures } from '../../stages/prepare/index.ts';
import {
  DEFAULT_GATES,
  decideGates,
  LEAKAGE_GATE,
  PARITY_GATE,
  renderModelCard,
} from '../../stages/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../model.ts';
import { gatesOf } from '../validation/gates-of.ts';
import { cardFacts } from './card-facts.ts';
import type { Candidate, Compressed } from './compress-candidate.ts';
import { explainCandidate, referenceRows } from './explain-candidate.ts';
import { SHARE_OF_EXPLAINING } from './finishing-time.ts';
import { refitFacts, sayRefit } from './refit-candidate.ts';
import type { Told } from './stage-reporter.ts';
import { leaderboard } from './train-candidate.ts';

/**
 * Packs the model into a signed bundle that answers, row by row, as it was trained to, and reaches the verdict. A refitted
 * model is what answers; report, verdict and the reference of predictions are of the model before the refit.
 */
export async function packCandidate(
  candidate: Candidate,
  lighter: Compressed,
  input: CandidateInput,
  ports: JobPorts & { time: TimeAllowance },
): Promise<Told<CandidateOutput>> {
  const { prepared, trained, refit, served } = candidate;
  const { optimization } = lighter;
  const { preparation, model } = dropUnusedFeatures(served.prepared.preparation, optimization.model);
  const { leakage } = preparation;
  const reference = referenceRows(served.prepared, preparation);
  const measured = refit.done
    ? dropUnusedFeatures(prepared.preparation, trained.model)
    : { preparation, model };
  const explanation = explainCandidate(prepared, measured, {
    seed: input.seed,
    time: ports.time.part(SHARE_OF_EXPLAINING),
  });
  const report = { ...lighter.report, explanation };
  const holdout = report.datasets[0]!;
  const createdAt = isoTime(ports.clock.now());
  const importance = columnImportance(preparation, model);
  const optimizationFacts = {
    chosen: optimization.chosen,
    says: optimization.says,
    table: optimization.table,
    holdout: lighter.holdout,
  };
  const { seed, dataset, datasetVersion } = input;
  const asked = [LEAKAGE_GATE, ...gatesOf(input, DEFAULT_GATES)];
  const bundle = await packBundle(
    {
      preparation,
      model,
      decision: trained.decision,
      training: prepared.train.table,
      reference,
      holdout: {
        table: prepared.holdout.table,
        features: encodeFeatures(preparation, prepared.holdout.table),
      },
      heldOut: {
        dataset: {
          name: dataset,
          version: datasetVersion,
          manifest: input.manifestId,
          rows: input.manifest.rows,
        },
        rows: prepared.holdout.numbers,
        target: prepared.holdout.target,
        classes: preparation.classes,
        predictions: lighter.predictions,
        threshold: trained.decision.threshold,
        refit: refitFacts(refit),
      },
      importance,
      timeColumn: input.timeColumn,
      card: renderModelCard({
        name: input.modelName,
        version: input.version,
        createdAt,
        target: preparation.target,
        report,
        dataset: {
          name: dataset,
          version: datasetVersion,
          manifest: input.manifestId,
          rows: input.manifest.rows,
        },
        split: {
          train: prepared.split.train.length,
          holdout: prepared.split.holdout.length,
          says: prepared.split.says,
        },
        learner: trained.label,
        refit: sayRefit(refit),
        seed,
        inputs: preparation.inputs,
        made: trained.made.says,
        ...(prepared.recency !== '' && { recency: prepared.recency }),
        ...(prepared.taskSays !== '' && { taskReason: prepared.taskSays }),
        ...(prepared.carriedOver.length > 0 && { carriedOver: prepared.carriedOver }),
        dropped: preparation.dropped,
        leakage,
        ...cardFacts(prepared, preparation, input, explanation),
        verdict: decideGates({ report, leakage }, asked),
      }),
      learner: trained.label,
      metrics: holdout.metrics,
      primaryMetric: report.primaryMetric,
      lineage: { dataset, datasetVersion, manifest: input.manifestId, run: input.runId, seed },
      optimization: optimizationFacts,
      createdAt,
    },
    { runtime: ports.runtime, store: ports.bundles, signer: ports.signer },
  );
  const { parity } = bundle;
  const largestDifference = Math.max(parity.largestDifference.flat, parity.largestDifference.onnx);
  const gates = decideGates(
    { report, leakage, parity: { rows: parity.rows, mismatches: 0, largestDifference } },
    [...asked, PARITY_GATE],
  );
  return {
    value: {
      target: preparation.target,
      task: preparation.task as CandidateOutput['task'],
      bundleId: bundle.id,
      bytes: bundle.bytes,
      learner: trained.label,
      metrics: holdout.metrics,
      primaryMetric: report.primaryMetric,
      leaderboard: leaderboard(trained, input.runId),
      madeSays: trained.made.says,
      seconds: trained.seconds + (refit.done ? refit.seconds : 0),
      refit: refitFacts(refit),
      gates,
      optimization: optimizationFacts,
      report,
      rows: {
        train: prepared.split.train.length,
        holdout: prepared.split.holdout.length,
        unlabelled: prepared.unlabelled,
      },
      ...(prepared.recency !== '' && { recency: prepared.recency }),
      ...(prepared.carriedOver.length > 0 && { carriedOver: prepared.carriedOver }),
    },
    says: `One signed bundle of ${Math.ceil(bundle.bytes / 1024).toLocaleString('en')} KiB; ONNX Runtime and the flat engine gave the trained model's answers on ${rowsCompared(parity.rows, prepared.holdout.target.length)} (largest difference ${largestDifference.toExponential(1)}).`,
    facts: { bundleId: bundle.id, bytes: bundle.bytes, parity, importance },
  };
}

function rowsCompared(compared: number, all: number): string {
  const count = compared.toLocaleString('en');
  return compared < all ? `${count} of ${all.toLocaleString('en')} rows of the hold-out` : `${count} rows`;
}
