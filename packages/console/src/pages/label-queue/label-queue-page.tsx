import { Button } from '@mantine/core';
import type { LabelQueueReport } from '@slipway/contract';
import { Link, useParams } from '@tanstack/react-router';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PageHead, Panel } from '../../parts/page.tsx';
import { ProgressLine } from '../../parts/progress-line.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { AgreementPanel } from './agreement-panel.tsx';
import { OutcomePanel } from './outcome-panel.tsx';
import { ReviewPanel } from './review-panel.tsx';
import { WorkPanel } from './work-panel.tsx';

/** One queue: its work, how far it is, how far people agree, and what becomes of the labels. */
export function LabelQueuePage() {
  const { queue: name } = useParams({ from: '/label/$queue' });
  const queue = useOperation(
    'labelling.get',
    { params: { queue: name } },
    { again: () => livelyWhile(false) },
  );
  return (
    <Loaded query={queue} title={name}>
      {(answer) => <Queue queue={answer} />}
    </Loaded>
  );
}

function Queue({ queue }: { queue: LabelQueueReport }) {
  const [work, setWork] = useAddress('work');
  const working = work !== undefined && queue.state === 'open';
  return (
    <>
      <PageHead
        title={queue.name}
        about={
          <>
            <StateMark state={queue.state} />
            <span>
              {queue.target} of{' '}
              <Link
                to="/datasets/$name"
                params={{ name: queue.dataset }}
                search={{ version: String(queue.version) }}
              >
                {queue.dataset} v{queue.version}
              </Link>
            </span>
          </>
        }
        actions={
          queue.state === 'open' ? (
            <Button
              size="xs"
              variant={working ? 'default' : 'filled'}
              onClick={() => setWork(working ? undefined : 'yes')}
            >
              {working ? 'Stop labelling' : 'Start labelling'}
            </Button>
          ) : undefined
        }
      />
      {working ? <WorkPanel key={queue.name} queue={queue} /> : null}
      <Panel title="Progress">
        <ProgressLine
          label="Rows that have all their answers"
          done={queue.progress.done}
          of={queue.progress.tasks}
          words={`${queue.progress.done} of ${queue.progress.tasks} rows done`}
        />
        <Facts entries={factsOf(queue)} />
      </Panel>
      <AgreementPanel queue={queue} />
      <ReviewPanel queue={queue} />
      <OutcomePanel queue={queue} />
    </>
  );
}

function factsOf(queue: LabelQueueReport) {
  const { progress, orderedBy } = queue;
  return [
    { name: 'Answers', value: progress.answers },
    { name: 'Skips', value: progress.skips },
    { name: 'In people’s hands', value: progress.leased },
    { name: 'People a row', value: queue.overlap },
    { name: 'Choices', value: queue.choices === null ? 'any number' : queue.choices.join(', ') },
    {
      name: 'Order',
      value:
        orderedBy === null
          ? 'as they stand'
          : `least sure first, by ${orderedBy.model} v${orderedBy.version}`,
    },
    { name: 'Opened', value: <Moment at={queue.createdAt} /> },
    { name: 'By', value: queue.openedBy },
  ];
}
