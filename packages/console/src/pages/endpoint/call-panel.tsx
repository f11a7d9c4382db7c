import { Button } from '@mantine/core';
import { CALL_SNIPPETS, type Endpoint, ownValue, type SnippetLanguage, TOKEN_PLACE } from '@slipway/contract';
import { useState } from 'react';
import { useChange } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { DataTable, type TableColumn } from '../../parts/data-table.tsx';
import { ErrorNotice, Notice } from '../../parts/notice.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { TensorTable } from '../../parts/tensor-table.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { ForecastPanel } from './forecast-panel.tsx';

const LANGUAGES = Object.keys(CALL_SNIPPETS) as SnippetLanguage[];

/** How to call the endpoint, with its own columns; a token can be made and put in at once. */
export function CallPanel({ endpoint }: { endpoint: Endpoint }) {
  const [asked, setLanguage] = useAddress('language');
  const language = LANGUAGES.find((each) => each === asked) ?? 'curl';
  const [secret, setSecret] = useState<string | null>(null);
  const create = useChange('tokens.create');

  const makeToken = async () => {
    const token = await create.mutateAsync({
      params: { name: endpoint.name },
      body: { name: 'from the console' },
    });
    setSecret(token.secret);
  };
  const text = CALL_SNIPPETS[language].write({
    url: endpoint.url,
    token: secret ?? TOKEN_PLACE,
    body: endpoint.example,
  });

  return (
    <>
      <Panel
        title="Call it"
        actions={
          <label>
            <span className="visually-hidden">Language</span>
            <select value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
              {LANGUAGES.map((each) => (
                <option key={each} value={each}>
                  {CALL_SNIPPETS[each].title}
                </option>
              ))}
            </select>
          </label>
        }
      >
        <Command text={text} label={`How to call it with ${CALL_SNIPPETS[language].title}`} />
        {secret === null ? (
          <Row>
            <Button size="xs" loading={create.isPending} onClick={() => void makeToken().catch(() => {})}>
              Make a token and put it in
            </Button>
            <span>
              or put one in place of <code>{TOKEN_PLACE}</code>
            </span>
          </Row>
        ) : (
          <Notice state="warning" title="The token above is shown this once.">
            <p>It is gone when you leave the page; make another then, and revoke those not used.</p>
          </Notice>
        )}
        {create.error === null ? null : <ErrorNotice error={create.error} />}
      </Panel>
      {endpoint.task === 'forecast' ? <ForecastPanel endpoint={endpoint} /> : null}
      <Takes endpoint={endpoint} />
    </>
  );
}

function Takes({ endpoint }: { endpoint: Endpoint }) {
  if (endpoint.tensors !== null) {
    return (
      <Panel title="What it takes and gives" about={`Open Inference Protocol: POST ${endpoint.inferUrl}`}>
        <TensorTable {...endpoint.tensors} />
      </Panel>
    );
  }
  return (
    <Panel title="What it takes" about="Columns of a row; others are refused.">
      <DataTable
        caption="Columns of a row"
        rows={endpoint.inputs}
        rowKey={(input) => input.name}
        columns={[
          { id: 'name', title: 'Column', show: (input) => <code>{input.name}</code> },
          { id: 'type', title: 'Type', show: (input) => input.type },
          { id: 'nullable', title: 'May be missing', show: (input) => (input.nullable ? 'yes' : 'no') },
          ...(endpoint.example.rows === undefined ? [] : [exampleColumn(endpoint.example.rows[0])]),
        ]}
      />
      {endpoint.classes.length === 0 ? null : <p>It answers one of: {endpoint.classes.join(', ')}.</p>}
    </Panel>
  );
}

function exampleColumn(
  row: Readonly<Record<string, unknown>> | undefined,
): TableColumn<Endpoint['inputs'][number]> {
  return {
    id: 'example',
    title: 'In the example',
    show: (input) => <code>{JSON.stringify(ownValue(row, input.name) ?? null)}</code>,
  };
}
