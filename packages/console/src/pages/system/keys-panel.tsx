import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { OperationAnswer, OperationCall } from '@slipway/contract';
import { type FormEvent, useState } from 'react';
import { useChange, useOperation } from '../../data/index.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { SecretShown } from '../../parts/secret-shown.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import type { StateName } from '../../parts/states.ts';

type Key = OperationAnswer<'keys.list'>['keys'][number];
type Role = OperationCall<'keys.create'>['body']['role'];

const ROLES: Role[] = ['viewer', 'predictor', 'editor', 'admin', 'owner'];

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
                    <ConfirmButton
                      action="Revoke"
                      label={`Revoke ${key.name}`}
                      title={`Revoke ${key.name}?`}
                      danger
                      quiet
                      onConfirm={() => revoke.mutateAsync({ params: { id: key.id } })}
                    >
                      <p>Whoever uses it is refused from now on. This cannot be undone.</p>
                    </ConfirmButton>
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
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ body: { name: name.trim(), role } }, { onSuccess: () => setName('') });
  };
  return (
    <>
      <form onSubmit={submit}>
        <Row>
          <TextInput
            size="xs"
            label="Who will use it"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={100}
          />
          <NativeSelect
            size="xs"
            label="Role"
            data={ROLES}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
          />
          <Button type="submit" size="xs" loading={create.isPending} style={{ alignSelf: 'end' }}>
            Make a key
          </Button>
        </Row>
      </form>
      {create.error === null ? null : <ErrorNotice error={create.error} />}
      {create.data === undefined ? null : (
        <SecretShown what={`The key ${create.data.name}`} secret={create.data.secret} />
      )}
    </>
  );
}
