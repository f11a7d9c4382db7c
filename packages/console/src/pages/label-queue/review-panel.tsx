import { Button, TextInput } from '@mantine/core';
import { isFailure, type LabelQueueReport, type LabelTaskToReview } from '@slipway/contract';
import { useState } from 'react';
import { useChange, useOperation } from '../../data/index.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row } from '../../parts/page.tsx';

const SHOWN = 20;

const REASONS: Record<LabelTaskToReview['reason'], string> = {
  'no-majority': 'no majority',
  'not-whole': 'no whole number in the middle',
  'too-few-answers': 'too few answers',
};

/** Rows that people did not decide, for a reviewer; nothing where there are none. */
export function ReviewPanel({ queue }: { queue: LabelQueueReport }) {
  const params = { queue: queue.name };
  const waiting = useOperation('labelling.toReview', { params, query: { limit: SHOWN } });
  const review = useChange('labelling.review');
  // People who may only answer do not review.
  if (queue.undecidedRows === 0 || isFailure(waiting.error, 'access.forbidden')) return null;
  const decide = (task: string, value: string | null) =>
    review.mutate({ params: { ...params, task }, body: { value } });
  return (
    <Panel
      title="Review"
      about={`Rows that people did not decide: ${queue.undecidedRows}. A reviewer's decision counts before their answers.`}
    >
      {review.error === null ? null : <ErrorNotice error={review.error} />}
      {waiting.error === null ? null : <ErrorNotice error={waiting.error} />}
      <DataTable
        caption="Rows for review"
        narrow
        rows={waiting.data?.tasks ?? []}
        rowKey={({ task }) => task}
        columns={[
          { id: 'row', title: 'Row', show: ({ row }) => row },
          { id: 'why', title: 'Why', show: ({ reason }) => REASONS[reason] },
          { id: 'answers', title: 'Answers', show: ({ people }) => people.map(answerOf).join(', ') },
          { id: 'values', title: 'Values', show: ({ values }) => valuesOf(values) },
          {
            id: 'decision',
            title: 'Decision',
            show: (task) => <Decision task={task} queue={queue} onDecide={decide} />,
          },
        ]}
      />
    </Panel>
  );
}

type Deciding = {
  task: LabelTaskToReview;
  queue: LabelQueueReport;
  onDecide: (task: string, value: string | null) => void;
};

function Decision({ task: { task, row }, queue, onDecide }: Deciding) {
  return (
    <Row>
      {queue.choices === null ? (
        <NumberDecision row={row} onDecide={(value) => onDecide(task, value)} />
      ) : (
        queue.choices.map((choice) => (
          <Button
            key={choice}
            size="xs"
            variant="default"
            aria-label={`Row ${row}: ${choice}`}
            onClick={() => onDecide(task, choice)}
          >
            {choice}
          </Button>
        ))
      )}
      <Button
        size="xs"
        variant="subtle"
        aria-label={`Row ${row}: no label`}
        onClick={() => onDecide(task, null)}
      >
        No label
      </Button>
    </Row>
  );
}

function NumberDecision({ row, onDecide }: { row: number; onDecide: (value: string) => void }) {
  const [value, setValue] = useState('');
  return (
    <>
      <TextInput
        size="xs"
        aria-label={`Label of row ${row}`}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" onClick={() => onDecide(value)} disabled={value === ''}>
        Decide
      </Button>
    </>
  );
}

function answerOf({ name, value }: LabelTaskToReview['people'][number]): string {
  return `${name}: ${value ?? 'skipped'}`;
}

const VALUES_SHOWN = 6;

function valuesOf(values: LabelTaskToReview['values']): string {
  return Object.entries(values)
    .slice(0, VALUES_SHOWN)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
