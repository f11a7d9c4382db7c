import { Button } from '@mantine/core';
import { useOperation } from '../../data/index.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Panel, Row } from '../../parts/page.tsx';
import { RowsTable } from '../../parts/rows-table.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { formatNumber } from '../../words/index.ts';

const ROWS_AT_ONCE = 20;

type PreviewPanelProps = { name: string; version: number; rows: number; columns: readonly string[] };

/** Some rows as they are. */
export function PreviewPanel({ name, version, rows, columns }: PreviewPanelProps) {
  const [from, setFrom] = useAddress('from');
  const offset = Math.max(0, Math.trunc(Number(from ?? 0)) || 0);
  const preview = useOperation('datasets.preview', {
    params: { name, version },
    body: { offset, limit: ROWS_AT_ONCE },
  });
  const go = (to: number) => setFrom(to <= 0 ? undefined : String(to));
  const last = Math.min(offset + ROWS_AT_ONCE, rows);
  return (
    <Panel
      title="Rows"
      about={`${formatNumber(offset + 1)} to ${formatNumber(last)} of ${formatNumber(rows)}`}
      actions={
        <Row>
          <Button
            size="compact-sm"
            variant="default"
            disabled={offset === 0}
            onClick={() => go(offset - ROWS_AT_ONCE)}
          >
            Earlier rows
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={last >= rows}
            onClick={() => go(offset + ROWS_AT_ONCE)}
          >
            Later rows
          </Button>
        </Row>
      }
    >
      <Loaded query={preview}>
        {(answer) => (
          <RowsTable caption="Rows of the dataset" rows={answer.rows} columns={columns} from={offset} />
        )}
      </Loaded>
    </Panel>
  );
}
