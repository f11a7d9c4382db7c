import type { Endpoint } from '@slipway/contract';
import { useChange, useOperation } from '../../data/index.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { NewSecretForm } from '../../parts/new-secret-form.tsx';
import { Panel } from '../../parts/page.tsx';
import { RevokeButton } from '../../parts/revoke-button.tsx';
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
                      <RevokeButton
                        name={token.name}
                        onConfirm={() => revoke.mutateAsync({ params: { ...params, id: token.id } })}
                      />
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
  const params = { name: endpoint.name };
  return (
    <NewSecretForm
      noun="token"
      placeholder="shop-frontend"
      making={create}
      onMake={(name, done) => create.mutate({ params, body: { name } }, { onSuccess: done })}
    />
  );
}
