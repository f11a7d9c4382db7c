import { TextInput } from '@mantine/core';
import type { Run } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty, PageHead, Row, Stack } from '../../parts/page.tsx';
import { RunsTable } from '../../parts/runs-table.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { usePickedRuns } from '../../parts/use-picked-runs.tsx';

const RUNS_SHOWN = 500;

/** Training runs, newest first, and their trials when asked for. */
export function RunsPage() {
  const [name, setName] = useAddress('name');
  const [trials, setTrials] = useAddress('trials');
  const wanted = useDeferredValue(name);
  const runs = useOperation(
    'runs.list',
    { query: { limit: RUNS_SHOWN, trials: trials === 'yes' ? 'true' : 'false' } },
    { again: (answer) => livelyWhile(answer?.runs.some((run) => run.state === 'running') ?? false) },
  );
  return (
    <>
      <PageHead title="Runs" about={`The newest ${RUNS_SHOWN} trainings.`} />
      <Stack>
        <Row>
          <TextInput
            size="xs"
            label="Name, dataset or learner"
            value={name ?? ''}
            onChange={(event) => setName(event.currentTarget.value || undefined)}
          />
          <label style={{ alignSelf: 'end', paddingBottom: '0.35rem' }}>
            <input
              type="checkbox"
              checked={trials === 'yes'}
              onChange={(event) => setTrials(event.currentTarget.checked ? 'yes' : undefined)}
            />{' '}
            with their trials
          </label>
        </Row>
        <Loaded query={runs}>{(answer) => <Found runs={answer.runs} wanted={wanted} />}</Loaded>
      </Stack>
    </>
  );
}

function Found(props: { runs: readonly Run[]; wanted: string | undefined }) {
  const [sort, setSort] = useAddress('sort');
  const picked = usePickedRuns();
  if (props.runs.length === 0) {
    return (
      <Empty title="No run yet.">
        <p>A pipeline run begins one when it comes to its training:</p>
        <Command text="npx slipway ship customers.csv --target churned" />
      </Empty>
    );
  }
  const found = props.runs.filter((run) => matches(run, props.wanted));
  return found.length === 0 ? (
    <p role="status">None of the {props.runs.length} runs fits.</p>
  ) : (
    <>
      <p>{picked.compare}</p>
      <RunsTable
        caption="Runs"
        runs={found}
        sort={sort}
        onSort={setSort}
        link={(run) => <RunLink run={run} />}
        pick={picked.box}
      />
    </>
  );
}

function matches(run: Run, wanted: string | undefined): boolean {
  const text = `${run.name} ${run.dataset} ${run.learner ?? ''}`.toLowerCase();
  return wanted === undefined || text.includes(wanted.toLowerCase());
}

function RunLink(props: { run: Run }) {
  return (
    <Link to="/runs/$id" params={{ id: props.run.id }}>
      {props.run.name}
    </Link>
  );
}
