import { livelyWhile, useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, PageHead } from '../../parts/page.tsx';
import { groupJourneys } from './group-journeys.ts';
import { JourneyCard } from './journey-card.tsx';

const JOURNEYS_SHOWN = 200;

/** For each model its latest journey, stage by stage, with what became of it. */
export function JourneysPage() {
  const journeys = useOperation(
    'journeys.list',
    { query: { limit: JOURNEYS_SHOWN } },
    { again: (answer) => livelyWhile(answer?.journeys.some((each) => each.state === 'running') ?? false) },
  );
  const status = useOperation('system.status', {}, { again: () => livelyWhile(false) });

  return (
    <>
      <PageHead title="Journeys" about="From a table to a monitored endpoint, model by model." />
      <Loaded query={journeys}>
        {(answer) =>
          answer.journeys.length === 0 ? (
            <FirstJourney />
          ) : (
            groupJourneys(answer.journeys).map((group) => (
              <JourneyCard
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

function FirstJourney() {
  return (
    <Empty title="No journey yet.">
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
