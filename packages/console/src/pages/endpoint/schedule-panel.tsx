import { Button, Checkbox, TextInput } from '@mantine/core';
import type { Endpoint, MonitoringSettings, MonitoringView } from '@slipway/contract';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../data/index.ts';
import { Facts } from '../../parts/facts.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row, Stack } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import css from './policy-panel.module.css';

/** When the endpoint is monitored, whatever its policy of retraining says. */
export function SchedulePanel({ endpoint }: { endpoint: Endpoint }) {
  const { monitoring } = endpoint;
  const save = useChange('endpoints.monitoring');
  const [settings, setSettings] = useState<MonitoringSettings>({
    enabled: monitoring.enabled,
    everyMinutes: monitoring.everyMinutes,
  });
  const change = (part: Partial<MonitoringSettings>) => {
    save.reset();
    setSettings((before) => ({ ...before, ...part }));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ params: { name: endpoint.name }, body: settings });
  };
  return (
    <Panel title="Schedule" about={monitoring.says}>
      <Runs monitoring={monitoring} />
      <form onSubmit={submit} className={css.form}>
        <Stack>
          <Checkbox
            size="xs"
            label="Monitor the traffic on a schedule"
            checked={settings.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
          <TextInput
            type="number"
            label="Minutes from one run to the next"
            min={1}
            max={44_640}
            step="any"
            required
            disabled={!settings.enabled}
            value={Number.isNaN(settings.everyMinutes) ? '' : settings.everyMinutes}
            onChange={(event) => change({ everyMinutes: event.currentTarget.valueAsNumber })}
          />
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

const OUTCOMES: Record<NonNullable<MonitoringView['lastRun']>['outcome'], string> = {
  running: 'running',
  reported: 'a report was made',
  idle: 'nothing was answered since the report before',
  failed: 'failed',
};

function Runs({ monitoring: { lastRun, nextRunAt } }: { monitoring: MonitoringView }) {
  return (
    <Facts
      entries={[
        { name: 'Last run', value: lastRun === null ? '—' : <Moment at={lastRun.startedAt} /> },
        { name: 'Outcome', value: lastRun === null ? '—' : OUTCOMES[lastRun.outcome] },
        { name: 'Next run', value: nextRunAt === null ? '—' : <Moment at={nextRunAt} /> },
      ]}
    />
  );
}
