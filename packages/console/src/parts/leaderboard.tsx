import type { LeaderboardEntry } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { formatFact, formatMetric, formatSeconds, nameInWords } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import { StateMark } from './state-mark.tsx';

/** The candidates, best first. */
export function Leaderboard(props: { entries: readonly LeaderboardEntry[] }) {
  const metric = props.entries[0]?.metric;
  return (
    <DataTable
      caption="Leaderboard"
      rows={props.entries}
      rowKey={(entry) => String(entry.rank)}
      isCurrent={(entry) => entry.chosen}
      columns={[
        { id: 'rank', title: 'Rank', show: (entry) => entry.rank },
        { id: 'learner', title: 'Learner', show: (entry) => <Learner entry={entry} /> },
        {
          id: 'value',
          title: metric === undefined ? 'Value' : nameInWords(metric),
          end: true,
          show: (entry) => formatMetric(entry.value),
        },
        {
          id: 'error',
          title: '± standard error',
          end: true,
          show: (entry) =>
            entry.standardError === null || entry.folds < 2 ? '—' : formatMetric(entry.standardError),
        },
        { id: 'folds', title: 'Folds', end: true, show: (entry) => entry.folds },
        { id: 'seconds', title: 'Took', end: true, show: (entry) => formatSeconds(entry.seconds) },
        {
          id: 'chosen',
          title: 'Chosen',
          show: (entry) => (entry.chosen ? <StateMark state="done">chosen</StateMark> : ''),
        },
        { id: 'params', title: 'Parameters', show: (entry) => <Params params={entry.params} /> },
      ]}
    />
  );
}

function Learner(props: { entry: LeaderboardEntry }) {
  const { run, learner } = props.entry;
  if (run === null || run === undefined) return <>{learner}</>;
  return (
    <Link to="/runs/$id" params={{ id: run }}>
      {learner}
    </Link>
  );
}

/** Parameters in one line. */
export function Params(props: { params: Record<string, unknown> }) {
  const entries = Object.entries(props.params);
  if (entries.length === 0) return <>—</>;
  return <code>{entries.map(([key, value]) => `${key} ${formatFact('', value)}`).join(' · ')}</code>;
}
