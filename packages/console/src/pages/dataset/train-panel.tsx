import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { DatasetVersion, OperationCall } from '@slipway/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Fold } from '../../parts/figure.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row, Stack } from '../../parts/page.tsx';
import { useSession } from '../../session/index.ts';
import { CostsFields } from './costs-fields.tsx';
import { classesIn, costsOf, MOST_CLASSES, NO_COSTS, writtenClasses } from './costs-form.ts';
import css from './train-panel.module.css';

const TASKS = [
  { value: '', label: 'Inferred from the column' },
  { value: 'binary', label: 'Two classes' },
  { value: 'multiclass', label: 'Several classes' },
  { value: 'regression', label: 'A number' },
] as const;
type Task = (typeof TASKS)[number]['value'];

const UNSAID = {
  name: '',
  target: '',
  task: '' as Task,
  budgetSeconds: 60,
  deploy: true,
  costs: NO_COSTS,
  classes: '',
};

type Body = NonNullable<OperationCall<'pipelineRuns.ship'>['body']>;

/** Trains a model on this version of the dataset, and deploys it unless told otherwise. */
export function TrainPanel({
  dataset,
  version,
  profile,
}: Pick<DatasetVersion, 'dataset' | 'version' | 'profile'>) {
  const [asked, setAsked] = useState({ ...UNSAID, name: dataset });
  const start = useStarting();
  const change = (part: Partial<typeof UNSAID>) => setAsked((before) => ({ ...before, ...part }));
  const column = profile.find(({ name }) => name === asked.target);
  const listed = column && classesIn(column);
  const classes = listed ?? writtenClasses(asked.classes);
  const mayHaveCosts = column !== undefined && asked.task !== 'regression';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { name, target, task, budgetSeconds, deploy } = asked;
    const costs = mayHaveCosts && classes.length <= MOST_CLASSES ? costsOf(asked.costs, classes) : undefined;
    const body = {
      name,
      target,
      budgetSeconds,
      dataset: { name: dataset, version },
      ...(task && { task }),
      ...(costs && { costs }),
    };
    start.mutate({ body, deploy });
  };
  return (
    <Panel
      title="Train a model"
      about={`On version ${version} of this dataset. The command line has more options.`}
    >
      <form onSubmit={submit}>
        <Stack>
          <div className={css.form}>
            <NativeSelect
              size="xs"
              label="Column to predict"
              required
              data={[{ value: '', label: 'Choose a column' }, ...profile.map(({ name }) => name)]}
              value={asked.target}
              onChange={(event) =>
                change({ target: event.currentTarget.value, costs: NO_COSTS, classes: '' })
              }
            />
            <NativeSelect
              size="xs"
              label="Predicts"
              data={[...TASKS]}
              value={asked.task}
              onChange={(event) => change({ task: event.currentTarget.value as Task })}
            />
            <TextInput
              size="xs"
              label="Name of model and endpoint"
              required
              value={asked.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              type="number"
              label="Training budget in seconds"
              min={1}
              max={86_400}
              required
              value={Number.isNaN(asked.budgetSeconds) ? '' : asked.budgetSeconds}
              onChange={(event) => change({ budgetSeconds: event.currentTarget.valueAsNumber })}
            />
            <Checkbox
              size="xs"
              label="Deploy it when its gates hold"
              checked={asked.deploy}
              onChange={(event) => change({ deploy: event.currentTarget.checked })}
            />
          </div>
          {mayHaveCosts ? (
            <Fold title="What mistakes cost">
              <Stack>
                <CostsFields
                  classes={classes}
                  costs={asked.costs}
                  onChange={(costs) => change({ costs })}
                  {...(listed === undefined && {
                    written: { text: asked.classes, onChange: (text: string) => change({ classes: text }) },
                  })}
                />
              </Stack>
            </Fold>
          ) : null}
          {start.error === null ? null : <ErrorNotice error={start.error} />}
          <Row>
            <Button type="submit" size="xs" loading={start.isPending}>
              Train
            </Button>
          </Row>
        </Stack>
      </form>
    </Panel>
  );
}

function useStarting() {
  const { client } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ body, deploy }: { body: Body; deploy: boolean }) =>
      deploy ? client.call['pipelineRuns.ship']({ body }) : client.call['pipelineRuns.train']({ body }),
    onSuccess: ({ id }) => navigate({ to: '/pipeline-runs/$id', params: { id } }),
    onSettled: () => queries.invalidateQueries(),
  });
}
