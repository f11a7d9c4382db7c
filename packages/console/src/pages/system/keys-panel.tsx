import { NativeSelect } from '@mantine/core';
import type { OperationAnswer, OperationCall } from '@slipway/contract';
import { useState } from 'react';
import { useChange, useOperation } from '../../data/index.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { NewSecretForm } from '../../parts/new-secret-form.tsx';
import { Panel } from '../../parts/page.tsx';
import { RevokeButton } from '../../parts/revoke-button.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import type { StateName } from '../../parts/states.ts';

type Key = OperationAnswer<'keys.list'>['keys'][number];
type Role = OperationCall<'keys.create'>['body']['role'];

const ROLES: Role[] = ['viewer', 'labeller', 'predictor', 'editor', 'admin', 'owner'];

/** Who may ask the platform, and as what. */
export function KeysPanel() {
  const keys = useOperation('keys.list', {});
  const revoke = useChange('keys.revoke');
  return (
    <Panel title="API keys" about="A key speaks for a person or a program, with one role.">
      <NewKey />
      <Loaded query={keys}>
        {(answer) => (
          <DataTable
            caption="API keys"
            rows={answer.keys}
            rowKey={(key) => key.id}
            columns={[
              { id: 'name', title: 'Key', show: (key) => key.name },
              { id: 'role', title: 'Role', show: (key) => key.role },
              { id: 'prefix', title: 'Begins with', show: (key) => <code>{key.prefix}</code> },
              { id: 'state', title: 'State', show: (key) => <StateMark state={stateOf(key)} /> },
              { id: 'created', title: 'Made', show: (key) => <Moment at={key.createdAt} /> },
              { id: 'expires', title: 'Expires', show: (key) => <Moment at={key.expiresAt} /> },
              {
                id: 'revoke',
                title: <span className="visually-hidden">Revoke</span>,
                show: (key) =>
                  stateOf(key) !== 'active' ? null : (
                    <RevokeButton
                      name={key.name}
                      onConfirm={() => revoke.mutateAsync({ params: { id: key.id } })}
                    />
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function stateOf(key: Key): StateName {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && Date.parse(key.expiresAt) < Date.now() ? 'expired' : 'active';
}

function NewKey() {
  const create = useChange('keys.create');
  const [role, setRole] = useState<Role>('viewer');
  return (
    <NewSecretForm
      noun="key"
      making={create}
      onMake={(name, done) => create.mutate({ body: { name, role } }, { onSuccess: done })}
    >
      <NativeSelect
        size="xs"
        label="Role"
        data={ROLES}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
      />
    </NewSecretForm>
  );
}
