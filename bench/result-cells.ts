/** Results of benchmarks that take hours: each is a line of a file, with which a later run goes on. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';

/** What is kept with every result. */
export type Stamp = {
  /** Of the checkout; `-dirty` where files of it were changed. */
  commit: string;
  /** UTC ISO 8601. */
  at: string;
  /** Load average of the last minute, before and after. */
  load: readonly [number, number];
};

export type ResultCells<Cell> = {
  /** Those of the file that belong to this run, and those that it added, in the order in which they were measured. */
  readonly all: readonly Cell[];
  /** Appends a line to the file, numbers to six digits. */
  keep(cell: Cell): void;
};

/** @param belongs whether a cell of the file was measured with the settings of this run */
export function openCells<Cell>(file: string, belongs: (cell: Cell) => boolean): ResultCells<Cell> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const all = lines.map((line) => JSON.parse(line) as Cell).filter(belongs);
  return {
    all,
    keep(cell) {
      all.push(cell);
      const line = JSON.stringify(cell, (_, value) =>
        typeof value === 'number' ? Number(value.toPrecision(6)) : value,
      );
      console.error(line);
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${line}\n`);
    },
  };
}

export function presentCommit(): string {
  const words = ['describe', '--always', '--dirty', '--exclude', '*'];
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}

/** Begins a measurement; the result gives its stamp once it is over. */
export function beginStamp(commit: string): () => Stamp {
  const before = loadavg()[0]!;
  return () => ({ commit, at: new Date().toISOString(), load: [before, loadavg()[0]!] });
}
