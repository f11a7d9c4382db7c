import type { LabelQueueReport } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useChange } from '../../data/index.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { useSession } from '../../session/index.ts';

/** What becomes of the labels: a dataset version; rows that wait for a reviewer stay as they are. */
export function OutcomePanel({ queue }: { queue: LabelQueueReport }) {
  const apply = useApplying(queue.name);
  const close = useChange('labelling.close');
  const { applied } = queue;
  return (
    <Panel
      title="Outcome"
      about={`Rows with a label: ${queue.agreed}; waiting for a reviewer: ${queue.undecidedRows}.`}
      actions={
        <Row>
          <ConfirmButton action="Apply" title="Apply the labels?" onConfirm={() => apply.mutateAsync()}>
            <p>
              A new version of {queue.dataset} is made, in which {queue.target} is filled in where people
              agree or a reviewer decided. Nothing is changed in the versions there are.
            </p>
          </ConfirmButton>
          {queue.state === 'closed' ? null : (
            <ConfirmButton
              action="Close"
              title="Close the queue?"
              onConfirm={() => close.mutateAsync({ params: { queue: queue.name } })}
              danger
            >
              <p>No more rows are handed out. What was answered stays, and can be applied.</p>
            </ConfirmButton>
          )}
        </Row>
      }
    >
      {applied === null ? (
        <p>The labels are in no dataset version yet.</p>
      ) : (
        <p role="status">
          {applied.rows} labels are in{' '}
          <Link
            to="/datasets/$name"
            params={{ name: queue.dataset }}
            search={{ version: String(applied.version) }}
          >
            version {applied.version} of {queue.dataset}
          </Link>
          .
        </p>
      )}
    </Panel>
  );
}

function useApplying(queue: string) {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const started = await client.call['labelling.apply']({ params: { queue } });
      return waitForJob(client, started.id);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
