import { factName, formatFact, nameInWords } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import { RecordFacts } from './facts.tsx';
import { type Effect, readOptimization } from './read-optimization.ts';

/** What optimisation gained and lost. */
export function Optimization(props: { record: Record<string, unknown> }) {
  const { effects, rest } = readOptimization(props.record);
  return (
    <>
      <RecordFacts record={rest} />
      {effects.length === 0 ? null : (
        <DataTable
          caption="Before and after optimisation"
          narrow
          rows={effects}
          rowKey={(effect) => effect.name}
          columns={[
            { id: 'name', title: 'What', show: (effect) => nameInWords(factName(effect.name)) },
            { id: 'before', title: 'Before', end: true, show: (e) => formatFact(e.name, e.before) },
            { id: 'after', title: 'After', end: true, show: (e) => formatFact(e.name, e.after) },
            { id: 'change', title: 'Change', end: true, show: changeOf },
          ]}
        />
      )}
    </>
  );
}

function changeOf({ before, after }: Effect): string {
  if (before === after) return 'none';
  if (before === 0) return '—';
  const share = (after / before - 1) * 100;
  return `${share > 0 ? '+' : '−'}${Math.abs(share).toFixed(1)} %`;
}
