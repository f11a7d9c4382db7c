import { columnNamed, type Table } from '../../ingest/index.ts';
import { byVocabulary, compileTextEncoder } from './encode-text.ts';

/**
 * Writes the text features among `features` of the rows of a table into their places of `columns`. Each different text is
 * read once.
 */
export function encodeTexts(
  features: readonly { kind: string }[],
  table: Table,
  rows: Int32Array | undefined,
  columns: readonly Float32Array[],
): void {
  for (const { places, features: own } of byVocabulary(features)) {
    const column = columnNamed(table, own[0]!.column);
    const targets = places.map((place) => columns[place]!.fill(Number.NaN));
    if (column?.type !== 'string') continue;
    const encode = compileTextEncoder(own);
    const values = new Float32Array(own.length);
    const firstRow = new Int32Array(column.dictionary.length).fill(-1);
    const length = rows?.length ?? table.rows;
    for (let i = 0; i < length; i++) {
      const code = column.codes[rows === undefined ? i : rows[i]!]!;
      if (code < 0) continue;
      const known = firstRow[code]!;
      if (known < 0) {
        firstRow[code] = i;
        encode(column.dictionary[code]!, values);
        for (let f = 0; f < targets.length; f++) targets[f]![i] = values[f]!;
      } else for (const target of targets) target[i] = target[known]!;
    }
  }
}
