import { Button } from '@mantine/core';
import { type Endpoint, isOpenRollout, type ModelVersion, ownValue } from '@slipway/contract';
import { useId, useState } from 'react';
import { useChange, useOperation } from '../../data/index.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber, nameInWords } from '../../words/index.ts';
import { formerRevision } from './former-revision.ts';
import { GraphPanel } from './graph-panel.tsx';

/** What answered when, and the two ways to change what answers. */
export function VersionsPanel({ endpoint }: { endpoint: Endpoint }) {
  return (
    <>
      {endpoint.graph === null ? null : <GraphPanel graph={endpoint.graph} />}
      <Panel title="Revisions" about="Newest first." actions={<RollbackButton endpoint={endpoint} />}>
        <DataTable
          caption="Revisions"
          rows={endpoint.revisions}
          rowKey={(each) => String(each.revision)}
          isCurrent={(each) => each.revision === endpoint.revision}
          columns={[
            { id: 'revision', title: 'Revision', show: (each) => each.revision },
            { id: 'version', title: 'Model', show: (each) => `${each.model} version ${each.version}` },
            {
              id: 'state',
              title: 'State',
              show: (each) =>
                each.revision === endpoint.revision ? <StateMark state="active">answers now</StateMark> : '',
            },
            { id: 'reason', title: 'Why', show: (each) => each.reason },
            { id: 'by', title: 'By', show: (each) => each.by },
            { id: 'created', title: 'When', show: (each) => <Moment at={each.createdAt} precise /> },
          ]}
        />
      </Panel>
      <PromotePanel endpoint={endpoint} />
    </>
  );
}

function RollbackButton({ endpoint }: { endpoint: Endpoint }) {
  const rollback = useChange('endpoints.rollback');
  const former = formerRevision(endpoint.revisions);
  if (isOpenRollout(endpoint.rollout)) return <span>A rollout is under way.</span>;
  if (former === null) return <span>There is no previous version to roll back to.</span>;
  return (
    <ConfirmButton
      action="Roll back"
      title="Roll back?"
      danger
      onConfirm={() => rollback.mutateAsync({ params: { name: endpoint.name } })}
    >
      <p>
        Version {former.version} answers again instead of version {endpoint.version}, at once. No request
        fails meanwhile.
      </p>
    </ConfirmButton>
  );
}

function PromotePanel({ endpoint }: { endpoint: Endpoint }) {
  const model = useOperation('models.get', { params: { name: endpoint.model } });
  return (
    <Panel title="Promote another version" about={`Of ${endpoint.model}.`}>
      <Loaded query={model}>
        {(answer) => {
          const others = answer.versions.filter((each) => each.version !== endpoint.version);
          if (others.length === 0)
            return (
              <p>
                There is no other version.{' '}
                {endpoint.graph === null ? 'Retraining' : 'Declaring another graph'} makes one.
              </p>
            );
          return <Promote endpoint={endpoint} versions={others} />;
        }}
      </Loaded>
    </Panel>
  );
}

function Promote(props: { endpoint: Endpoint; versions: readonly ModelVersion[] }) {
  const id = useId();
  const promote = useChange('endpoints.promote');
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const version = props.versions.find((each) => each.version === chosen) ?? props.versions[0];
  if (version === undefined) return <Button disabled>Promote</Button>;
  const closed = version.gates.filter((gate) => !gate.passed);
  return (
    <Row>
      <label htmlFor={id}>Version</label>
      <select
        id={id}
        value={version.version}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      >
        {props.versions.map((each) => (
          <option key={each.version} value={each.version}>
            {each.version} ({nameInWords(each.primaryMetric)}{' '}
            {formatNumber(ownValue(each.metrics, each.primaryMetric) ?? Number.NaN)})
          </option>
        ))}
      </select>
      <ConfirmButton
        action="Promote"
        title={`Promote version ${version.version}?`}
        onConfirm={() =>
          promote.mutateAsync({ params: { name: props.endpoint.name }, body: { version: version.version } })
        }
      >
        <p>
          Version {version.version} answers instead of version {props.endpoint.version} as soon as it is
          loaded and has passed its golden rows. No request fails meanwhile.
        </p>
        {closed.length === 0 ? null : (
          <p>
            Mind: {closed.length} of its {version.gates.length} gates did not hold (
            {closed.map((gate) => gate.id).join(', ')}).
          </p>
        )}
      </ConfirmButton>
    </Row>
  );
}
