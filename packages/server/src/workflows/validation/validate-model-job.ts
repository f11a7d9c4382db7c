import { fail, formatGate } from '@slipway/contract';
import { type AnyManifest, decodeEngineFile, takesTensors } from '../../stages/pack/index.ts';
import {
  conditionGate,
  decideGates,
  type GateResult,
  groupColumns,
  type ValidationReport,
  type ValidationRequest,
  validateCandidate,
} from '../../stages/validate/index.ts';
import { predictionsOf, ruleInOrder, takes } from '../candidate/champion.ts';
import { priorOf } from '../candidate/comparison-sets.ts';
import { ruleAndCosts, withoutColumn } from '../candidate/evaluate-candidate.ts';
import type { JobHandler, JobPorts } from '../jobs/job-ports.ts';
import type { ValidateModelInput, ValidateModelOutput } from '../model.ts';
import { selectionMetricOf } from '../start/selection-metric.ts';
import { validateForecastVersion } from './forecast/validate-forecast-version.ts';
import { refuseGateMetrics } from './gate-metrics.ts';
import { groupsAsked, slicesAsked } from './gates-of.ts';
import { learnedRows } from './learned-rows.ts';
import { overlapWith } from './overlap.ts';
import { readSet } from './read-set.ts';
import { setNotes } from './set-notes.ts';
import { importedRequest } from './validate-imported.ts';

/**
 * Measures a version on a dataset, beside the baseline and the champion on the same rows, and decides the gates that were
 * asked for. Throws `validation.unfit` for a model or a dataset that cannot be compared.
 */
export const validateModelJob: JobHandler<'validate-model'> = async (input, ports, { signal }) => {
  const { files } = await ports.bundles.open(input.bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
  if (takesTensors(manifest)) return judged(input, await importedRequest(input, manifest, ports, signal));
  const bytes = files.get('trees.json');
  const series = files.get('forecast.json');
  if (series !== undefined)
    return outcome(input, await validateForecastVersion(input, series, ports, signal));
  if (bytes === undefined)
    throw fail('validation.unfit', { dataset: input.dataset, reason: 'its bundle holds no model' });
  const engine = decodeEngineFile(bytes);
  const { preparation, decision } = engine;
  const { classes, target } = preparation;
  const task = preparation.task as ValidationRequest['task'];
  const { dataset, datasetVersion: version, trained } = input;
  const rows = await readSet(input, preparation, ports, signal);
  const learned = await learnedRows(trained, { files, preparation }, ports, signal);
  const isKnown = !('unknown' in learned);
  const found = isKnown ? overlapWith(rows.table, [learned.table]) : null;
  const overlap = found && { rows: found.rows, columns: found.columns };
  const facts = { dataset, version, leftOut: rows.leftOut, overlap };
  const uncompared = isKnown ? 'it has too few columns in common with the training table' : learned.unknown;
  const notes = setNotes({ ...facts, target, rows: rows.table.rows, uncompared });
  const champion = await championOn(input, rows.table, classes, ports);
  const prior = isKnown
    ? priorOf(learned.target, classes.length)
    : { ...priorOf(rows.target, classes.length), of: 'these rows' as const };
  return judged(input, {
    ...{ task, classes, prior },
    ...ruleAndCosts(decision),
    seed: manifest.lineage.seed,
    sliceColumns: preparation.inputs.map(({ name }) => name),
    groups: groupColumns(isKnown ? learned.table : rows.table, groupsAsked(input.gates, input.trained?.wish)),
    ...selectionMetricOf(trained?.wish ?? {}, task),
    ...(champion && {
      champion: { name: input.model, version: champion.version, ...champion.rule },
    }),
    datasets: [
      {
        name: `${dataset}@${version}`,
        target: rows.target,
        table: withoutColumn(rows.table, target),
        candidate: predictionsOf(engine, rows.table, classes),
        origin: { ...facts, notes },
        overlapping: found?.overlapping,
        ...(champion && { champion: champion.predictions }),
      },
    ],
  });
};

/** What the champion says of the same rows; null where there is none but this version, or it cannot answer them. */
async function championOn(
  { champion }: ValidateModelInput,
  table: Parameters<typeof takes>[1],
  classes: readonly string[],
  ports: JobPorts,
) {
  if (champion === null) return null;
  const { files } = await ports.bundles.open(champion.bundleId);
  const bytes = files.get('trees.json');
  if (bytes === undefined) return null;
  const engine = decodeEngineFile(bytes);
  if (!takes(engine, table) || (engine.preparation.classes.length === 0) !== (classes.length === 0))
    return null;
  return {
    version: champion.version,
    rule: ruleInOrder(engine, classes),
    predictions: predictionsOf(engine, table, classes),
  };
}

function judged(input: ValidateModelInput, request: ValidationRequest): ValidateModelOutput {
  refuseGateMetrics(input.gates, request.task);
  const slices = slicesAsked(input.gates);
  return outcome(input, validateCandidate({ ...request, ...(slices.length > 0 && { slices }) }));
}

function outcome(input: ValidateModelInput, report: ValidationReport): ValidateModelOutput {
  const gates = input.gates.map((condition) => conditionGate(condition, formatGate(condition)));
  const verdict = decideGates({ report }, gates);
  return {
    model: input.model,
    version: input.version,
    dataset: input.dataset,
    datasetVersion: input.datasetVersion,
    passed: gates.length === 0 ? null : verdict.passed,
    gates: verdict.results,
    says: saysOf(report, verdict.results),
    report,
  };
}

function saysOf({ datasets: [measured], task }: ValidationReport, gates: readonly GateResult[]): string {
  const { name, rows, primary, origin, forecast } = measured!;
  const { metric, value, low, high } = primary;
  const equal = origin?.overlap?.rows ?? 0;
  const trainedOn = equal === 0 ? '' : `, ${equal.toLocaleString('en')} of which equal training rows`;
  const quality = `${metric} ${value.toFixed(4)} (95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}) on ${rows.toLocaleString('en')} ${task === 'forecast' ? 'steps' : 'rows'} of ${name}${trainedOn}${originsSay(forecast)}.`;
  if (gates.length === 0) return quality;
  const closed = gates.filter(({ passed }) => !passed).length;
  return closed === 0
    ? `${quality} All ${gates.length} gates hold.`
    : `${quality} ${closed} of ${gates.length} gates closed.`;
}

function originsSay(forecast: ValidationReport['datasets'][number]['forecast']): string {
  const { origins, horizon } = forecast ?? {};
  if (origins === undefined) return '';
  return `, forecast from ${origins} origin${origins === 1 ? '' : 's'}, up to ${horizon} steps ahead`;
}
