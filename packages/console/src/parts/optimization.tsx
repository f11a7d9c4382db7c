import { factName, formatFact, nameInWords } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import { RecordFacts, RecordTable } from './facts.tsx';
import { type Effect, readOptimization } from './read-optimization.ts';

/** What optimisation tried, took, gained and lost. */
export function Optimization(props: { record: Record<string, unknown> }) {
  const { variants, chosen, effects, rest } = readOptimization(props.record);
  const { says, ...others } = rest;
  return (
    <>
      {typeof says === 'string' ? <p>{says}</p> : null}
      {variants.length === 0 ? null : (
        <RecordTable
          caption="What was tried"
          rows={variants.map((row) => ({ ...row, taken: row.variant === chosen }))}
          isCurrent={(row) => row.variant === chosen}
        />
      )}
      {effects.length === 0 ? null : <Effects effects={effects} />}
      <RecordFacts record={others} />
    </>
  );
}

function Effects(props: { effects: readonly Effect[] }) {
  return (
    <DataTable
      caption="Before and after optimisation"
      narrow
      rows={props.effects}
      rowKey={(effect) => effect.name}
      columns={[
        { id: 'name', title: 'What', show: (effect) => nameInWords(factName(effect.name)) },
        {
          id: 'before',
          title: 'Before',
          end: true,
          show: (effect) => formatFact(effect.name, effect.before),
        },
        { id: 'after', title: 'After', end: true, show: (effect) => formatFact(effect.name, effect.after) },
        { id: 'change', title: 'Change', end: true, show: changeOf },
      ]}
    />
  );
}

function changeOf({ before, after }: Effect): string {
  if (before === after) return 'none';
  if (before === 0) return '—';
  const share = (after / before - 1) * 100;
  return `${share > 0 ? '+' : '−'}${Math.abs(share).toFixed(2)} %`;
}
