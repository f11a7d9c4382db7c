import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder, realTable } from './slipway.ts';

export type Rows = { header: string[]; rows: string[][] };

/** A real table whose cells hold no delimiter, cut in two: rows to train on, and rows that come later. */
export async function splitTable(name: string, later: number): Promise<{ first: Rows; later: Rows }> {
  const lines = (await readFile(realTable(name)!, 'utf8')).trim().split(/\r?\n/);
  const [header, ...rows] = lines.map((line) => line.split(','));
  const mixed = rows.map((row, place) => ({ row, key: (place * 7919) % rows.length }));
  mixed.sort((a, b) => a.key - b.key);
  const all = mixed.map(({ row }) => row);
  return {
    first: { header: header!, rows: all.slice(later) },
    later: { header: header!, rows: all.slice(0, later) },
  };
}

/** `table` with the cells of some columns changed. */
export function changed(
  { header, rows }: Rows,
  change: Record<string, (cell: string, row: number) => string>,
): Rows {
  const edits = Object.entries(change).map(([name, edit]) => ({ place: header.indexOf(name), edit }));
  return {
    header,
    rows: rows.map((row, index) => {
      const copy = [...row];
      for (const { place, edit } of edits) copy[place] = edit(copy[place]!, index);
      return copy;
    }),
  };
}

/** Writes a CSV file into a temporary folder and returns its path. */
export async function csvFile(name: string, { header, rows }: Rows): Promise<string> {
  const path = join(await newFolder(), '..', name);
  await writeFile(path, `${[header, ...rows].map((row) => row.join(',')).join('\n')}\n`);
  return path;
}

export function cellsOf({ header, rows }: Rows, name: string): string[] {
  const place = header.indexOf(name);
  return rows.map((row) => row[place]!);
}
