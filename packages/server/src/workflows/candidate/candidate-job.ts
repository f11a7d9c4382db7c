import { readTable } from '../../stages/ingest/index.ts';
import type { JobHandler, JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../model.ts';
import { candidateSets } from '../validation/candidate-sets.ts';
import { refuseGateMetrics } from '../validation/gate-metrics.ts';
import { completeRows } from './complete-rows.ts';
import { compressCandidate } from './compress-candidate.ts';
import { evaluateCandidate } from './evaluate-candidate.ts';
import { finishingTime } from './finishing-time.ts';
import { forecastCandidate } from './forecast/forecast-candidate.ts';
import { readForecastTable } from './forecast/read-forecast-table.ts';
import { packCandidate } from './pack-candidate.ts';
import { type PreparedRows, prepareRows } from './prepare-rows.ts';
import { formerTargets } from './previous-targets.ts';
import { servedModel } from './refit-candidate.ts';
import { stageReporter, type Told } from './stage-reporter.ts';
import { trainCandidate } from './train-candidate.ts';
import { refuseBeyondMemory } from './training-memory.ts';
import { trialProgress } from './trial-progress.ts';

/** The middle of a pipeline run, from a dataset version to a signed bundle with a verdict. */
export const candidateJob: JobHandler<'candidate'> = async (
  input,
  ports,
  { news, signal },
): Promise<CandidateOutput> => {
  const tell = stageReporter(news, ports.clock);
  const { trainingMemoryBytes } = ports;
  if (input.forecast !== undefined) {
    const series = await readForecastTable(input, input.forecast, ports, signal);
    return forecastCandidate(series, input, input.forecast, { tell, ports, signal });
  }
  refuseBeyondMemory(input.manifest, input.dataset, trainingMemoryBytes);
  const table = await readTable(input.manifest, ports, { signal, target: input.target });
  const former = await formerTargets(input, ports, signal);

  const prepared = await tell.stage('prepare', () =>
    prepareWithSets(() => prepareRows(table, input, former, trainingMemoryBytes), input, ports, signal),
  );
  tell.skip('label', `${labelledSays(input)}${prepared.unlabelledSays}`);
  const { trained, refit } = await tell.stage('train', (progress) =>
    trainCandidate(prepared, input, ports, { progress, trial: trialProgress(news, ports.clock), signal }),
  );
  const complete = completeRows(prepared, [...trained.made.features, ...trained.texts]);
  const judged = await tell.stage('validate', () => evaluateCandidate(complete, trained, input, ports));
  const candidate = { prepared: complete, trained, refit, served: servedModel(prepared, trained, refit) };
  const time = finishingTime(ports.clock, input.budgetSeconds);
  const lighter = await tell.stage('optimize', () =>
    compressCandidate(candidate, judged, input, { clock: ports.clock, time }),
  );
  return tell.stage('pack', () => packCandidate(candidate, lighter, input, { ...ports, time }));
};

/** The rows with those of the further sets. What a gate or a set lacks ends the job before the search begins. */
async function prepareWithSets(
  prepare: () => Promise<Told<PreparedRows>>,
  { gates = [], validateOn }: CandidateInput,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<Told<PreparedRows>> {
  const told = await prepare();
  const { preparation, train } = told.value;
  refuseGateMetrics(gates, preparation.task);
  const sets = await candidateSets(validateOn, { preparation, training: train.table }, ports, signal);
  if (sets.length === 0) return told;
  const facts = sets.map(({ name, table, origin }) => ({ name, rows: table.rows, ...origin }));
  const notes = sets.flatMap(({ origin }) => origin.notes);
  return {
    value: { ...told.value, sets },
    says: [told.says, ...notes].join(' '),
    facts: { ...told.facts, validateOn: facts },
  };
}

/** A version that people labelled says so on every pipeline run that learns from it. */
function labelledSays({ manifest: { lineage } }: CandidateInput): string {
  return lineage.format === 'labels' ? `The labels of the ${lineage.source} are filled in. ` : '';
}
