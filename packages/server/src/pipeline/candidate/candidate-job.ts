import { readTable } from '../../journey/ingest/index.ts';
import type { JobHandler } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../model.ts';
import { completeRows } from './complete-rows.ts';
import { forecastCandidate } from './forecast/forecast-candidate.ts';
import { readForecastTable } from './forecast/read-forecast-table.ts';
import { formerTargets } from './former-targets.ts';
import { judgeCandidate } from './judge-candidate.ts';
import { lighten } from './lighten.ts';
import { packCandidate } from './pack-candidate.ts';
import { prepareRows } from './prepare-rows.ts';
import { story } from './story.ts';
import { trainCandidate } from './train-candidate.ts';
import { refuseBeyondMemory } from './training-memory.ts';
import { trialNews } from './trial-news.ts';

/** The middle of a journey, from a dataset version to a signed bundle with a verdict. */
export const candidateJob: JobHandler<'candidate'> = async (
  input,
  ports,
  { news, signal },
): Promise<CandidateOutput> => {
  const tell = story(news, ports.clock);
  const { trainingMemoryBytes } = ports;
  if (input.forecast !== undefined) {
    const series = await readForecastTable(input, input.forecast, ports, signal);
    return forecastCandidate(series, input, input.forecast, { tell, ports, signal });
  }
  refuseBeyondMemory(input.manifest, input.dataset, trainingMemoryBytes);
  const table = await readTable(input.manifest, ports, { signal, target: input.target });
  const former = await formerTargets(input, ports, signal);

  const prepared = await tell.stage('prepare', () => prepareRows(table, input, former, trainingMemoryBytes));
  tell.skip('label', `${labelledSays(input)}${prepared.unlabelledSays}`);
  const trained = await tell.stage('train', (progress) =>
    trainCandidate(prepared, input, ports, { progress, trial: trialNews(news, ports.clock), signal }),
  );
  const complete = completeRows(prepared, [...trained.made.features, ...trained.texts]);
  const champion = await tell.stage('validate', () => judgeCandidate(complete, trained, input, ports));
  const lighter = await tell.stage('optimize', () =>
    lighten(complete, trained, champion, input, ports.clock),
  );
  return tell.stage('pack', () => packCandidate(complete, trained, lighter, input, ports));
};

/** A version that people labelled says so on every journey that learns from it. */
function labelledSays({ manifest: { lineage } }: CandidateInput): string {
  return lineage.format === 'labels' ? `The labels of the ${lineage.source} are filled in. ` : '';
}
