import { DataTable } from '../data-table.tsx';
import type { Shift } from './read-shift.ts';

/** How the appended rows differ from the earlier ones: the target, and the inputs that shifted. */
export function ShiftView({ found }: { found: Shift }) {
  const shifted = found.inputs.columns.filter((each) => each.shifted);
  return (
    <>
      <h3>Shift of the appended rows</h3>
      <p>{found.says}</p>
      {found.inputs.broken === null ? null : <p>{found.inputs.broken}</p>}
      {found.accepted ? <p>The shift was accepted as intended.</p> : null}
      {shifted.length === 0 ? null : (
        <DataTable
          caption="Inputs that shifted"
          rows={shifted}
          rowKey={(each) => each.column}
          columns={[
            { id: 'column', title: 'Input', show: (each) => each.column },
            { id: 'level', title: 'Level', show: (each) => each.level },
            { id: 'says', title: 'What was found', show: (each) => each.says },
          ]}
        />
      )}
    </>
  );
}
