import { livelyWhile, useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, PageHead } from '../../parts/page.tsx';
import { groupPipelineRuns } from './group-pipeline-runs.ts';
import { PipelineRunCard } from './pipeline-run-card.tsx';

const PIPELINE_RUNS_SHOWN = 200;

/** For each model its latest pipeline run, stage by stage, with what became of it. */
export function PipelineRunsPage() {
  const pipelineRuns = useOperation(
    'pipelineRuns.list',
    { query: { limit: PIPELINE_RUNS_SHOWN } },
    {
      again: (answer) => livelyWhile(answer?.pipelineRuns.some((each) => each.state === 'running') ?? false),
    },
  );
  const status = useOperation('system.status', {}, { again: () => livelyWhile(false) });

  return (
    <>
      <PageHead title="Pipeline runs" about="From a table to a monitored endpoint, model by model." />
      <Loaded query={pipelineRuns}>
        {(answer) =>
          answer.pipelineRuns.length === 0 ? (
            <FirstPipelineRun />
          ) : (
            groupPipelineRuns(answer.pipelineRuns).map((group) => (
              <PipelineRunCard
                key={group.name}
                group={group}
                endpoint={status.data?.endpoints.find((each) => each.name === group.name)}
                alerts={status.data?.alerts.filter((each) => each.endpoint === group.name) ?? []}
              />
            ))
          )
        }
      </Loaded>
    </>
  );
}

function FirstPipelineRun() {
  return (
    <Empty title="No pipeline run yet.">
      <p>
        Give Slipway a table and name the column to predict. It reads, prepares, trains, validates, packs and
        serves, and this page shows how far it is:
      </p>
      <Command text={'npx slipway ship customers.csv --target churned'} />
      <p>
        CSV, TSV, JSON, NDJSON and Parquet will do. The command uses the platform that runs on its{' '}
        <code>--data</code> folder, or the one that <code>--server {location.origin}</code> names.
      </p>
    </Empty>
  );
}
