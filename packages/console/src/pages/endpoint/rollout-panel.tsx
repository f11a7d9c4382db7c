import { type Endpoint, isOpenRollout, type Rollout } from '@slipway/contract';
import { useChange } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber } from '../../words/index.ts';
import { ChecksPanel, CountsTable, LabelsPanel, ShadowPanel } from './rollout-tables.tsx';

/** Who answers what share of the requests, and how a version that comes is doing. */
export function RolloutPanel({ endpoint }: { endpoint: Endpoint }) {
  const { rollout, shadow } = endpoint;
  return (
    <>
      <TrafficPanel endpoint={endpoint} />
      {rollout === null ? (
        <Panel title="Rollout" about="No version was ever rolled out here by steps.">
          <Command
            text={`slipway deploy ${endpoint.model} --endpoint ${endpoint.name} --canary 10%,50%,100% --bake 5m`}
            label="Roll the newest version out"
          />
        </Panel>
      ) : (
        <RolloutView endpoint={endpoint} rollout={rollout} />
      )}
      {shadow === null || rollout?.shadow != null ? null : <ShadowPanel shadow={shadow} />}
    </>
  );
}

function TrafficPanel({ endpoint }: { endpoint: Endpoint }) {
  const { traffic, spec, batching } = endpoint;
  const { header, column } = spec.sticky ?? {};
  const key = header === undefined ? column && `column ${column}` : `header ${header}`;
  return (
    <Panel
      title="Requests"
      about={`${key === undefined ? 'Drawn by share.' : `The same version for the same ${key}.`} Values that training never saw are ${spec.strict ? 'refused' : 'predicted with a warning'}.`}
      actions={<PauseButton endpoint={endpoint} />}
    >
      {batching === null || batching.proven ? null : (
        <Notice
          state={batching.shared ? 'warning' : 'info'}
          title={batching.shared ? 'Requests share runs' : 'Each request runs alone'}
        >
          <p>{batching.says}</p>
        </Notice>
      )}
      <DataTable
        caption="Share of the requests by version"
        narrow
        rows={traffic}
        rowKey={(each) => String(each.version)}
        columns={[
          { id: 'version', title: 'Version', show: (each) => `${endpoint.model} version ${each.version}` },
          { id: 'percent', title: 'Share', end: true, show: (each) => `${formatNumber(each.percent)} %` },
        ]}
      />
    </Panel>
  );
}

function PauseButton({ endpoint: { name, state } }: { endpoint: Endpoint }) {
  const pause = useChange('endpoints.pause');
  const resume = useChange('endpoints.resume');
  if (state === 'paused')
    return (
      <ConfirmButton
        action="Resume"
        title="Resume?"
        onConfirm={() => resume.mutateAsync({ params: { name } })}
      >
        <p>Callers are answered again, at once.</p>
      </ConfirmButton>
    );
  return (
    <ConfirmButton
      action="Pause"
      title="Pause?"
      danger
      onConfirm={() => pause.mutateAsync({ params: { name } })}
    >
      <p>Every caller is answered 503 until the endpoint is resumed. Nothing is unloaded.</p>
    </ConfirmButton>
  );
}

function RolloutView({ endpoint, rollout }: { endpoint: Endpoint; rollout: Rollout }) {
  const { version, former, plan, says, counts, checks, history, shadow, labels } = rollout;
  return (
    <>
      <Panel
        title={`Rollout of version ${version}`}
        about={says}
        actions={isOpenRollout(rollout) ? <EndButtons endpoint={endpoint} rollout={rollout} /> : null}
      >
        <Facts
          entries={[
            { name: 'State', value: <StateMark state={rollout.state} /> },
            { name: 'Strategy', value: plan.strategy },
            { name: 'In place of', value: `version ${former}` },
            { name: 'Share', value: shareOf(rollout) },
            { name: 'Since', value: <Moment at={rollout.since} precise /> },
            { name: 'Each step is watched', value: `${formatNumber(plan.bakeSeconds)} s` },
            { name: 'By', value: rollout.by },
          ]}
        />
        {counts === null ? null : <CountsTable rows={[counts.version, counts.former]} />}
      </Panel>
      {shadow === null ? null : <ShadowPanel shadow={shadow} />}
      {labels === null ? null : <LabelsPanel versions={[labels.version, labels.former]} />}
      {checks.length === 0 ? null : <ChecksPanel checks={checks} />}
      <Panel title="What happened" about="Oldest first.">
        <DataTable
          caption="History of the rollout"
          rows={history}
          rowKey={(_, index) => String(index)}
          columns={[
            { id: 'at', title: 'When', show: (each) => <Moment at={each.at} precise /> },
            { id: 'percent', title: 'Share', end: true, show: (each) => `${formatNumber(each.percent)} %` },
            { id: 'says', title: 'What', show: (each) => each.says },
          ]}
        />
      </Panel>
    </>
  );
}

function shareOf({ plan, step, percent }: Rollout): string {
  const share = `${formatNumber(percent)} %`;
  return plan.strategy === 'canary' ? `${share}, step ${step + 1} of ${plan.steps.length}` : share;
}

function EndButtons({ endpoint: { name }, rollout }: { endpoint: Endpoint; rollout: Rollout }) {
  const promote = useChange('endpoints.promote');
  const rollback = useChange('endpoints.rollback');
  return (
    <Row>
      <ConfirmButton
        action="Promote now"
        title={`Promote version ${rollout.version} now?`}
        onConfirm={() => promote.mutateAsync({ params: { name }, body: { version: rollout.version } })}
      >
        <p>Version {rollout.version} answers everything from now on, without the steps that are left.</p>
      </ConfirmButton>
      <ConfirmButton
        action="Take back"
        title={`Take version ${rollout.version} back?`}
        danger
        onConfirm={() => rollback.mutateAsync({ params: { name } })}
      >
        <p>What answered before answers everything again, at once. No request fails meanwhile.</p>
      </ConfirmButton>
    </Row>
  );
}
