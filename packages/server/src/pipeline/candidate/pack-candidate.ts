import { columnImportance, dropUnusedFeatures } from '../../journey/optimize/index.ts';
import { packBundle } from '../../journey/pack/index.ts';
import { encodeFeatures } from '../../journey/prepare/index.ts';
import type { TrainedModel } from '../../journey/train/index.ts';
import { DEFAULT_GATES, decideGates, PARITY_GATE, renderModelCard } from '../../journey/validate/index.ts';
import { isoTime } from '../../kernel/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../model.ts';
import { explainCandidate, referenceRows } from './explain-candidate.ts';
import type { Lighter } from './lighten.ts';
import type { PreparedRows } from './prepare-rows.ts';
import type { Told } from './story.ts';
import { leaderboard } from './train-candidate.ts';

/** Packs the model into a signed bundle that answers, row by row, as it was trained to, and reaches the verdict. */
export async function packCandidate(
  prepared: PreparedRows,
  trained: TrainedModel,
  lighter: Lighter,
  input: CandidateInput,
  ports: JobPorts,
): Promise<Told<CandidateOutput>> {
  const { optimization } = lighter;
  const { preparation, model } = dropUnusedFeatures(prepared.preparation, optimization.model);
  const reference = referenceRows(prepared, preparation);
  const explanation = explainCandidate(prepared, preparation, model, reference, input.seed);
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
        refit: { done: false, reason: 'this version of Slipway does not refit' },
      },
      importance,
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
        seed,
        inputs: preparation.inputs,
        made: trained.made.says,
        ...(prepared.recency !== '' && { recency: prepared.recency }),
        dropped: preparation.dropped,
        leakage: preparation.leakage,
        importance,
        verdict: decideGates({ report }),
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
  const gates = decideGates({ report, parity: { rows: parity.rows, mismatches: 0, largestDifference } }, [
    ...DEFAULT_GATES,
    PARITY_GATE,
  ]);
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
      seconds: trained.seconds,
      gates,
      optimization: optimizationFacts,
      report,
      rows: {
        train: prepared.split.train.length,
        holdout: prepared.split.holdout.length,
        unlabelled: prepared.unlabelled,
      },
      ...(prepared.recency !== '' && { recency: prepared.recency }),
    },
    says: `One signed bundle of ${Math.ceil(bundle.bytes / 1024).toLocaleString('en')} KiB; ONNX Runtime and the flat engine gave the trained model's answers on ${parity.rows.toLocaleString('en')} rows (largest difference ${largestDifference.toExponential(1)}).`,
    facts: { bundleId: bundle.id, bytes: bundle.bytes, parity, importance },
  };
}
