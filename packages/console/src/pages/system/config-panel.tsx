import { useOperation } from '../../data/index.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Panel } from '../../parts/page.tsx';
import { Sentence } from '../../parts/sentence.tsx';

/** Every setting, and where its value came from. */
export function ConfigPanel() {
  const config = useOperation('system.config', {});
  return (
    <Panel
      title="Configuration"
      about="Changed in slipway.yaml, by SLIPWAY_* or by flags; secrets show as ***."
    >
      <Loaded query={config}>
        {(answer) => (
          <DataTable
            caption="Configuration"
            rows={answer.entries}
            rowKey={(entry) => entry.key}
            columns={[
              { id: 'key', title: 'Setting', show: (entry) => <code>{entry.key}</code> },
              { id: 'value', title: 'Value', show: (entry) => <code>{textOf(entry.value)}</code> },
              { id: 'from', title: 'From', show: (entry) => entry.from },
              {
                id: 'says',
                title: 'Message',
                show: (entry) => <Sentence>{entry.says}</Sentence>,
              },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
}
