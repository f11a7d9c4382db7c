import type { InputColumn } from '../../../stages/prepare/index.ts';
import type { ResolvedColumns, SeriesSet } from '../../../stages/train/index.ts';
import type { CandidateInput } from '../../model.ts';

/** The time and what names a series have to be told; what is known in advance may be. */
export function inputsOf(
  { columns, set }: { columns: ResolvedColumns; set: Pick<SeriesSet, 'frequency'> },
  { manifest }: Pick<CandidateInput, 'manifest'>,
): InputColumn[] {
  const schemaOf = (name: string) => manifest.schema.columns.find((column) => column.name === name)!;
  const column = (name: string, nullable: boolean): InputColumn => {
    const { type, reading } = schemaOf(name);
    return { name, type, nullable, ...(reading && { reading }) };
  };
  return [
    inLocalTime(column(columns.time, false), set.frequency.timeZone),
    ...columns.series.map((name) => column(name, schemaOf(name).type === 'string')),
    ...columns.known.map((name) => column(name, true)),
  ];
}

/** A time without an offset is then one of the clock that the steps follow. */
function inLocalTime(column: InputColumn, timeZone: string | undefined): InputColumn {
  const { reading } = column;
  if (timeZone === undefined || reading?.as !== 'timestamp') return column;
  return { ...column, reading: { ...reading, timeZone } };
}
