import { Button, TextInput } from '@mantine/core';
import type { Endpoint } from '@slipway/contract';
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

/** Who may call this endpoint. */
export function TokensPanel({ endpoint }: { endpoint: Endpoint }) {
  const params = { name: endpoint.name };
  const tokens = useOperation('tokens.list', { params });
  const revoke = useChange('tokens.revoke');
  return (
    <Panel title="Tokens" about="A token calls this endpoint and nothing else.">
      <NewToken endpoint={endpoint} />
      <Loaded query={tokens}>
        {(answer) =>
          answer.tokens.length === 0 ? (
            <p>No token yet.</p>
          ) : (
            <DataTable
              caption="Tokens"
              rows={answer.tokens}
              rowKey={(token) => token.id}
              columns={[
                { id: 'name', title: 'Token', show: (token) => token.name },
                { id: 'prefix', title: 'Begins with', show: (token) => <code>{token.prefix}</code> },
                {
                  id: 'state',
                  title: 'State',
                  show: (token) => <StateMark state={token.revokedAt === null ? 'active' : 'revoked'} />,
                },
                { id: 'created', title: 'Made', show: (token) => <Moment at={token.createdAt} /> },
                { id: 'revoked', title: 'Revoked', show: (token) => <Moment at={token.revokedAt} /> },
                {
                  id: 'revoke',
                  title: <span className="visually-hidden">Revoke</span>,
                  show: (token) =>
                    token.revokedAt !== null ? null : (
                      <ConfirmButton
                        action="Revoke"
                        label={`Revoke ${token.name}`}
                        title={`Revoke ${token.name}?`}
                        danger
                        quiet
                        onConfirm={() => revoke.mutateAsync({ params: { ...params, id: token.id } })}
                      >
                        <p>Whoever uses it is refused from now on. This cannot be undone.</p>
                      </ConfirmButton>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function NewToken({ endpoint }: { endpoint: Endpoint }) {
  const create = useChange('tokens.create');
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { params: { name: endpoint.name }, body: { name: name.trim() } },
      { onSuccess: () => setName('') },
    );
  };
  return (
    <>
      <form onSubmit={submit}>
        <Row>
          <TextInput
            size="xs"
            label="Who will use it"
            placeholder="shop-frontend"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={100}
          />
          <Button type="submit" size="xs" loading={create.isPending} style={{ alignSelf: 'end' }}>
            Make a token
          </Button>
        </Row>
      </form>
      {create.error === null ? null : <ErrorNotice error={create.error} />}
      {create.data === undefined ? null : (
        <SecretShown what={`The token ${create.data.name}`} secret={create.data.secret} />
      )}
    </>
  );
}
