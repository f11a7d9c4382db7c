import type { StoredColumn, Table, Workspace } from '../../stages/ingest/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { placeName } from './answer-columns.ts';
import type { BatchSource } from './batch-source.ts';
import type { BatchPredictor } from './model.ts';
import { asWanted, type Matched } from './wanted-columns.ts';

/** Rows of one file that are predicted together. `first` is the place of the first among all rows. */
export type Part = { name: string; file: string; from: number; to: number; first: number };

/** The rows cut into parts, always the same for the same source and size. */
export function partsOf({ files }: BatchSource, partRows: number): Part[] {
  const parts: Part[] = [];
  let first = 0;
  for (const { path, rows } of files) {
    for (let from = 0; from < rows; from += partRows) {
      const to = Math.min(rows, from + partRows);
      parts.push({ name: `answers-by-place-${parts.length}.parquet`, file: path, from, to, first });
      first += to - from;
    }
  }
  return parts;
}

export type PartWork = {
  parts: readonly Part[];
  matched: readonly Matched[];
  predictor: BatchPredictor;
  signal: AbortSignal;
  /** Told after each part how many rows are done. */
  done: (rows: number) => void;
};

/**
 * Predicts part after part and puts the answers on the job's shelf; parts that lie there already are passed over. While one
 * part is predicted the next is read. Returns the files of all parts, in order; their columns are named {@link placeName}.
 */
export async function predictParts(work: PartWork, { tables, shelf }: JobPorts): Promise<string[]> {
  const { parts, matched, predictor, signal, done } = work;
  const found = await Promise.all(parts.map(({ name }) => shelf.find(name)));
  const left = parts.filter((_, i) => found[i] === undefined);
  const reads = [...new Set(parts.map(({ file }) => file))];
  const reader = await tables.open({ reads, signal });
  const writer = await tables.open({ reads: [], signal });
  const read = (part: Part | undefined) => part && readPart(reader, part, matched);
  try {
    let rows = parts.reduce((sum, part, i) => sum + (found[i] === undefined ? 0 : part.to - part.from), 0);
    let next = read(left[0]);
    for (const [i, part] of left.entries()) {
      const table = await next!;
      next = read(left[i + 1]);
      next?.catch(() => undefined); // heard when it is waited for
      const answers = await predictor.predict(table, part.first);
      const { path } = await writer.storeTable(neutrallyNamed(answers));
      await shelf.putFile(part.name, path);
      rows += part.to - part.from;
      done(rows);
    }
    await next;
    return await Promise.all(parts.map(async ({ name }) => (await shelf.find(name))!));
  } finally {
    await Promise.all([reader.close(), writer.close()]);
  }
}

/** The answers by their places: of names that differ in case alone a stored file would rename one. */
function neutrallyNamed({ rows, columns }: Table): Table {
  return { rows, columns: columns.map((column, place) => ({ ...column, name: placeName(place) })) };
}

async function readPart(
  reader: Workspace,
  { file, from, to }: Part,
  matched: readonly Matched[],
): Promise<Table> {
  if (matched.length === 0) return { rows: to - from, columns: [] };
  const columns: StoredColumn[] = matched.map(({ column }) => column);
  return asWanted(matched, await reader.slice(file, columns, { from, to }));
}
