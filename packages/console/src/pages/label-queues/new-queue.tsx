import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { OperationCall } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useOperation } from '../../data/index.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Stack } from '../../parts/page.tsx';
import { useSession } from '../../session/index.ts';
import css from './new-queue.module.css';
import { readChoices } from './read-choices.ts';

const UNSAID = { dataset: '', target: '', choices: '', overlap: 1, limit: 1000, model: '', relabel: false };

/** Opens a queue over the newest version of a dataset, and goes to it. */
export function NewQueue() {
  const [asked, setAsked] = useState(UNSAID);
  const datasets = useOperation('datasets.list', {});
  const models = useOperation('models.list', {});
  const names = (datasets.data?.datasets ?? []).map(({ name }) => name);
  const open = useOpening();
  const change = (part: Partial<typeof UNSAID>) => setAsked((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { dataset, target, overlap, limit, relabel } = asked;
    const model = asked.model === '' ? undefined : asked.model;
    const choices = readChoices(asked.choices);
    open.mutate({ dataset: dataset || names[0]!, target, choices, overlap, limit, relabel, model });
  };
  if (names.length === 0) return null;
  return (
    <Panel title="Open a queue" about="Of the newest version of a dataset.">
      <form onSubmit={submit}>
        <Stack>
          <div className={css.form}>
            <NativeSelect
              size="xs"
              label="Dataset"
              data={names}
              value={asked.dataset || names[0]}
              onChange={(event) => change({ dataset: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              label="Column to fill in"
              description="Added if the dataset lacks it"
              inputWrapperOrder={['label', 'input', 'description']}
              required
              value={asked.target}
              onChange={(event) => change({ target: event.currentTarget.value })}
            />
            <Textarea
              size="xs"
              label="Choices"
              autosize
              description="One a line, or with commas on one line; left empty, those of the column"
              inputWrapperOrder={['label', 'input', 'description']}
              value={asked.choices}
              onChange={(event) => change({ choices: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              type="number"
              label="People a row"
              min={1}
              max={20}
              required
              value={asked.overlap}
              onChange={(event) => change({ overlap: event.currentTarget.valueAsNumber })}
            />
            <TextInput
              size="xs"
              type="number"
              label="Rows, at most"
              min={1}
              max={10_000}
              required
              value={asked.limit}
              onChange={(event) => change({ limit: event.currentTarget.valueAsNumber })}
            />
            <NativeSelect
              size="xs"
              label="Order"
              data={[
                { value: '', label: 'As they stand' },
                ...(models.data?.models ?? []).map(({ name }) => ({
                  value: name,
                  label: `Least sure first, by ${name}`,
                })),
              ]}
              value={asked.model}
              onChange={(event) => change({ model: event.currentTarget.value })}
            />
            <Checkbox
              size="xs"
              label="Also rows that have a value"
              checked={asked.relabel}
              onChange={(event) => change({ relabel: event.currentTarget.checked })}
            />
          </div>
          {open.error === null ? null : <ErrorNotice error={open.error} />}
          <div className={css.act}>
            <Button type="submit" size="xs" loading={open.isPending}>
              Open the queue
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  );
}

function useOpening() {
  const { client } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (body: OperationCall<'labelling.open'>['body']) => {
      const started = await client.call['labelling.open']({ body });
      const { output } = await waitForJob(client, started.id);
      return (output as { queue: string }).queue;
    },
    onSuccess: (queue) => navigate({ to: '/label/$queue', params: { queue } }),
    onSettled: () => queries.invalidateQueries(),
  });
}
