import type { Table } from '../../../stages/ingest/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput, ForecastOptions } from '../../model.ts';
import type { StageReporter } from '../stage-reporter.ts';
import { championOf } from './champion-forecast.ts';
import { judgeForecast } from './judge-forecast.ts';
import { NOTHING_TO_COMPRESS, packForecastCandidate } from './pack-forecast-candidate.ts';
import { prepareForecast, prepareForecastWithSets } from './prepare-forecast.ts';
import { trainForecastCandidate } from './train-forecast-candidate.ts';

/** The middle of a pipeline run that ends in a forecast, from its table to a signed bundle with a verdict. */
export async function forecastCandidate(
  table: Table,
  input: CandidateInput,
  wish: ForecastOptions,
  { tell, ports, signal }: { tell: StageReporter; ports: JobPorts; signal: AbortSignal },
): Promise<CandidateOutput> {
  const champion = await championOf(input, ports);
  const prepared = await tell.stage('prepare', async () =>
    prepareForecastWithSets(
      await prepareForecast(
        table,
        input,
        wish,
        champion === null ? undefined : { ...champion.model, version: champion.version },
      ),
      input,
      ports,
      signal,
    ),
  );
  tell.skip('label', `What comes next in ${input.target} labels itself.`);
  const trained = await tell.stage('train', (progress) =>
    trainForecastCandidate(prepared, input, ports.clock, { progress, signal }),
  );
  const judged = await tell.stage('validate', async () =>
    judgeForecast(prepared, trained, input, champion, { ...ports, signal }),
  );
  tell.skip('optimize', NOTHING_TO_COMPRESS);
  return tell.stage('pack', () =>
    packForecastCandidate(prepared, trained, judged, input, { ...ports, signal }),
  );
}
