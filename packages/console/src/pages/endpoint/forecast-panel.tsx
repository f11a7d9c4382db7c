import type { Endpoint } from '@slipway/contract';
import { useOperation } from '../../data/index.ts';
import { AheadView } from '../../parts/forecast/forecast-view.tsx';
import { readForecast } from '../../parts/forecast/read-forecast.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Panel } from '../../parts/page.tsx';
import { readReport } from '../../parts/validation/read-report.ts';

/** What the endpoint forecasts from the end of the data on, of some of its series. */
export function ForecastPanel({ endpoint }: { endpoint: Endpoint }) {
  const { model: name, version } = endpoint;
  const found = useOperation('models.version', { params: { name, version } });
  return (
    <Panel title="What it forecasts" about={'Ask for as much with { "horizon": 1 } instead of rows.'}>
      <Loaded query={found}>
        {({ report }) => (
          <AheadView examples={readForecast(readReport(report)[0]?.forecast)?.examples ?? []} />
        )}
      </Loaded>
    </Panel>
  );
}
