import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { Endpoint, RetrainPolicy } from '@slipway/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../data/index.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row, Stack } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import css from './policy-panel.module.css';
import { RecencyFields } from './recency-fields.tsx';

const MODES: { value: RetrainPolicy['mode']; label: string }[] = [
  { value: 'off', label: 'Off: only when told' },
  { value: 'propose', label: 'Propose: train and compare, a person promotes' },
  { value: 'auto', label: 'Auto: promote when every gate holds' },
];

const SIGNALS: { value: RetrainPolicy['on'][number]; label: string }[] = [
  { value: 'drift', label: 'the traffic has drifted from the training data' },
  { value: 'performance', label: 'the labels show that quality fell' },
];

type NumberField = 'cooldownHours' | 'minLabels';

const NUMBERS: { field: NumberField; label: string; least: number; step: string }[] = [
  { field: 'cooldownHours', label: 'Hours between two retrainings, at least', least: 0, step: 'any' },
  { field: 'minLabels', label: 'Labels needed to measure quality', least: 1, step: '1' },
];

/** When the endpoint retrains by itself. */
export function PolicyPanel({ endpoint }: { endpoint: Endpoint }) {
  const save = useChange('endpoints.policy');
  const [policy, setPolicy] = useState<RetrainPolicy>(endpoint.policy);
  const change = (part: Partial<RetrainPolicy>) => {
    save.reset();
    setPolicy((before) => ({ ...before, ...part }));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ params: { name: endpoint.name }, body: policy });
  };
  return (
    <Panel title="Retraining" about="When the endpoint makes itself a better model.">
      <form onSubmit={submit} className={css.form}>
        <Stack>
          <NativeSelect
            label="By itself"
            data={MODES}
            value={policy.mode}
            onChange={(event) => change({ mode: event.currentTarget.value as RetrainPolicy['mode'] })}
          />
          <Signals policy={policy} onChange={change} />
          {NUMBERS.map(({ field, label, least, step }) => (
            <TextInput
              key={field}
              type="number"
              label={label}
              min={least}
              step={step}
              required
              value={Number.isNaN(policy[field]) ? '' : policy[field]}
              onChange={(event) => change({ [field]: event.currentTarget.valueAsNumber })}
            />
          ))}
          <RecencyFields recent={policy.recent ?? null} onChange={(recent) => change({ recent })} />
          {save.error === null ? null : <ErrorNotice error={save.error} />}
          <Row>
            <Button type="submit" size="xs" loading={save.isPending}>
              Save
            </Button>
            <span role="status">{save.isSuccess ? <StateMark state="done">Saved</StateMark> : null}</span>
          </Row>
        </Stack>
      </form>
    </Panel>
  );
}

function Signals(props: { policy: RetrainPolicy; onChange: (part: Partial<RetrainPolicy>) => void }) {
  const { policy } = props;
  const toggle = (signal: RetrainPolicy['on'][number], on: boolean) =>
    props.onChange({
      on: SIGNALS.map((each) => each.value).filter((each) =>
        each === signal ? on : policy.on.includes(each),
      ),
    });
  return (
    <fieldset className={css.signals} disabled={policy.mode === 'off'}>
      <legend>When</legend>
      {SIGNALS.map(({ value, label }) => (
        <Checkbox
          key={value}
          size="xs"
          label={label}
          checked={policy.on.includes(value)}
          onChange={(event) => toggle(value, event.currentTarget.checked)}
        />
      ))}
    </fieldset>
  );
}
