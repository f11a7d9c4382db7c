/** The classification and regression sets of a folder with a DATASETS.md, split and prepared as a pipeline run does it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createDuckdbTables } from '../../packages/server/src/adapters/duckdb/index.ts';
import { openFileObjects } from '../../packages/server/src/adapters/objects/index.ts';
import {
  columnNamed,
  type DatasetManifest,
  ingestFile,
  readTable,
  type Table,
} from '../../packages/server/src/stages/ingest/index.ts';
import {
  encodeFeatures,
  encodeTarget,
  fitPreparation,
  type Preparation,
  resolveTarget,
  type Split,
  splitHoldout,
} from '../../packages/server/src/stages/prepare/index.ts';
import type { TrainingData } from '../../packages/server/src/stages/train/index.ts';

export type SetTask = TrainingData['task'];

const TASKS: readonly string[] = ['binary', 'multiclass', 'regression'] satisfies SetTask[];

export type ListedSet = { name: string; file: string; target: string; task: SetTask };

/** A set with a part of its rows held out. */
export type SplitSet = ListedSet & {
  manifest: DatasetManifest;
  table: Table;
  split: Split;
  preparation: Preparation;
};

/** The sets of DATASETS.md: `| file | target | task | … |`; only those named, when any are. */
export function listedSets(folder: string, only: readonly string[] | undefined): ListedSet[] {
  return readFileSync(join(folder, 'DATASETS.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => TASKS.includes(cells[3] ?? '') && cells[1]!.endsWith('.csv'))
    .map((cells) => {
      const file = cells[1]!;
      return { name: file.replace('.csv', ''), file, target: cells[2]!, task: cells[3] as SetTask };
    })
    .filter(({ name }) => only === undefined || only.includes(name));
}

/** Reads sets of a folder; `close` removes what that left. */
export async function openSets(folder: string) {
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-sets-'));
  const tables = createDuckdbTables({
    scratchFolder: join(scratch, 'scratch'),
    memoryLimitBytes: 1e9,
    threads: 1,
  });
  const objects = await openFileObjects(join(scratch, 'objects'));
  return {
    scratch,
    close: () => rmSync(scratch, { recursive: true, force: true }),
    async split(set: ListedSet, seed: number, timeColumn?: string): Promise<SplitSet> {
      const path = resolve(folder, set.file);
      const { manifest } = await ingestFile({ file: path, fileName: set.file }, { tables, objects });
      const table = await readTable(manifest, { tables, objects });
      const { task } = set;
      const { target } = resolveTarget(table, manifest.schema, set.target, { dataset: set.file, task });
      const split = splitHoldout(table, { target, task, seed, ...(timeColumn && { timeColumn }) });
      const preparation = fitPreparation(table, manifest.schema, { target, task, trainRows: split.train });
      return { ...set, target, manifest, table, split, preparation };
    },
  };
}

/** Features and target of some rows. */
export function rowsOf({ table, preparation }: SplitSet, rows: Int32Array) {
  return {
    features: encodeFeatures(preparation, table, rows),
    target: encodeTarget(preparation, table, rows),
  };
}

/** Hands the raw input columns to a program in another language: numbers as float64, words as codes. */
export function handOver({ table, preparation, split, task }: SplitSet, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const write = (name: string, values: Float64Array | Int32Array) =>
    writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const columns = preparation.inputs.map(({ name }, i) => {
    const column = columnNamed(table, name)!;
    write(`${i}.bin`, column.type === 'string' ? column.codes : column.values);
    return { name, category: column.type === 'string' };
  });
  write('target.bin', Float64Array.from(encodeTarget(preparation, table)));
  write('train.bin', split.train);
  write('holdout.bin', split.holdout);
  writeFileSync(join(folder, 'columns.json'), JSON.stringify({ task, columns }));
}
