import { Link } from '@tanstack/react-router';
import { DataTable } from './data-table.tsx';
import { isRecord } from './facts.tsx';
import { Params } from './leaderboard.tsx';
import { Row } from './page.tsx';
import { StopSearchButton } from './stop-search-button.tsx';

type Trying = {
  run: string;
  learner: string;
  why: string;
  params: Record<string, unknown>;
  folds: { done: number; of: number };
};

/** What a search is at: how many it tried, what it tries now and why, and the button that ends it. */
export function LiveSearch(props: { facts: Record<string, unknown> }) {
  const { run, tried, stoppedEarly } = props.facts;
  const trying = (Array.isArray(props.facts.trying) ? props.facts.trying : []).filter(isRecord) as Trying[];
  if (typeof run !== 'string') return null;
  return (
    <>
      <Row>
        <span>
          {Number(tried)} tried, {Number(stoppedEarly)} of them given up early.{' '}
          <Link to="/runs/$id" params={{ id: run }}>
            Every trial
          </Link>
        </span>
        <StopSearchButton run={run} />
      </Row>
      {trying.length === 0 ? null : (
        <DataTable
          caption="Being tried"
          rows={trying}
          rowKey={(trial) => trial.run}
          columns={[
            { id: 'learner', title: 'Being tried', show: (trial) => trial.learner },
            { id: 'why', title: 'Why', show: (trial) => trial.why },
            { id: 'folds', title: 'Folds', show: (trial) => `${trial.folds.done} of ${trial.folds.of}` },
            { id: 'params', title: 'Parameters', show: (trial) => <Params params={trial.params} /> },
          ]}
        />
      )}
    </>
  );
}
