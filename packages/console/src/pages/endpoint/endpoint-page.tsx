import { type Endpoint, isOpenRollout } from '@slipway/contract';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { formatNumber } from '../../words/index.ts';
import { CallPanel } from './call-panel.tsx';
import { MonitorPanel } from './monitor-panel.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { RolloutPanel } from './rollout-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { VersionsPanel } from './versions-panel.tsx';
import { WorkersLine } from './workers-line.tsx';

const route = getRouteApi('/endpoints/$name');

type Tab = { id: string; title: string; Panel: ComponentType<{ endpoint: Endpoint }> };

const TABS: [Tab, ...Tab[]] = [
  { id: 'call', title: 'Call', Panel: CallPanel },
  { id: 'versions', title: 'Versions', Panel: VersionsPanel },
  { id: 'rollout', title: 'Rollout', Panel: RolloutPanel },
  { id: 'monitor', title: 'Monitor', Panel: MonitorPanel },
  { id: 'policy', title: 'Retraining', Panel: PolicyPanel },
  { id: 'tokens', title: 'Tokens', Panel: TokensPanel },
];

/** An endpoint: what answers, how to call it, who may, and how it fares. */
export function EndpointPage() {
  const { name } = route.useParams();
  const { tab: asked } = route.useSearch();
  const endpoint = useOperation(
    'endpoints.get',
    { params: { name } },
    { again: (answer) => livelyWhile(answer?.state === 'loading' || isOpenRollout(answer?.rollout)) },
  );
  const tab = TABS.find((each) => each.id === asked) ?? TABS[0];
  return (
    <Loaded query={endpoint} title={name}>
      {(answer) => (
        <>
          <PageHead title={name} about={<About endpoint={answer} />} />
          <Command text={answer.url} label="Address of the endpoint" />
          <Tabs label={`Parts of ${name}`} tabs={TABS} current={tab.id} />
          <tab.Panel endpoint={answer} />
        </>
      )}
    </Loaded>
  );
}

function About({ endpoint }: { endpoint: Endpoint }) {
  return (
    <>
      <StateMark state={endpoint.state} />
      <span>
        <Link
          to="/models/$name"
          params={{ name: endpoint.model }}
          search={{ version: String(endpoint.version) }}
        >
          {endpoint.model} version {endpoint.version}
        </Link>{' '}
        answers as revision {endpoint.revision}
      </span>
      <span>
        predicts <code>{endpoint.target}</code> ({endpoint.task})
      </span>
      <span>{formatNumber(endpoint.predictions)} predictions</span>
      <WorkersLine workers={endpoint.workers} />
    </>
  );
}
