import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type ModelValidation, type OperationCall, parseGate } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useOperation } from '../../data/index.ts';
import { Fold } from '../../parts/figure.tsx';
import { Gates } from '../../parts/gates.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { ValidationReport } from '../../parts/validation/validation-report.tsx';
import { useSession } from '../../session/index.ts';

type Props = {
  name: string;
  version: number;
  validations: readonly ModelValidation[];
  /** Imported models do not know which column holds the outcomes. */
  isImported: boolean;
};

/** What a version was measured to be after it was made, newest first, and the form that measures it again. */
export function LaterValidations({ name, version, validations, isImported }: Props) {
  return (
    <Panel
      title={`Version ${version} measured later`}
      about="On datasets of the lake; each report is kept with the version."
    >
      <NewValidation name={name} version={version} isImported={isImported} />
      {validations.map((one) => (
        <Fold key={one.id} title={`${one.dataset}@${one.datasetVersion}`}>
          <p>
            {one.passed === null ? null : (
              <StateMark state={one.passed ? 'passed' : 'failed'}>
                {one.passed ? 'gates hold' : 'gates closed'}
              </StateMark>
            )}{' '}
            <Moment at={one.createdAt} />, by {one.by}
          </p>
          <p>{one.says}</p>
          {one.gates.length === 0 ? null : <Gates gates={one.gates} />}
          <ValidationReport report={one.report} />
        </Fold>
      ))}
    </Panel>
  );
}

const UNSAID = { dataset: '', target: '', gate: '' };

function NewValidation({ name, version, isImported }: Omit<Props, 'validations'>) {
  const [asked, setAsked] = useState(UNSAID);
  const datasets = useOperation('datasets.list', {});
  const names = (datasets.data?.datasets ?? []).map((dataset) => dataset.name);
  const measuring = useMeasuring(name);
  const change = (part: Partial<typeof UNSAID>) => setAsked((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    measuring.mutate({ ...asked, dataset: asked.dataset || names[0]!, version });
  };
  if (names.length === 0) return null;
  return (
    <>
      <form onSubmit={submit}>
        <Row>
          <NativeSelect
            size="xs"
            label="Dataset"
            data={names}
            value={asked.dataset || names[0]}
            onChange={(event) => change({ dataset: event.currentTarget.value })}
          />
          {isImported ? (
            <TextInput
              size="xs"
              label="Column of outcomes"
              placeholder="label, target, y or class"
              value={asked.target}
              onChange={(event) => change({ target: event.currentTarget.value })}
            />
          ) : null}
          <TextInput
            size="xs"
            label="Gate"
            placeholder="recall>=0.7 where country=PT"
            value={asked.gate}
            onChange={(event) => change({ gate: event.currentTarget.value })}
          />
          <Button type="submit" size="xs" loading={measuring.isPending} style={{ alignSelf: 'end' }}>
            Measure version {version}
          </Button>
        </Row>
      </form>
      {measuring.error === null ? null : <ErrorNotice error={measuring.error} />}
    </>
  );
}

type Asked = typeof UNSAID & { version: number };

/** Waits for the job; what is shown is asked for again afterwards. A gate that cannot be read is an error here already. */
function useMeasuring(name: string) {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ dataset, target, gate, version }: Asked) => {
      const body: OperationCall<'models.validate'>['body'] = {
        version,
        dataset: { name: dataset },
        ...(target.trim() !== '' && { target: target.trim() }),
        gates: gate.trim() === '' ? [] : [parseGate(gate)],
      };
      const started = await client.call['models.validate']({ params: { name }, body });
      await waitForJob(client, started.id);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}
