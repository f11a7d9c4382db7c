import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../packages/server/src/kernel/index.ts';
import type { About } from './case.ts';

/** Held-out rows at most. */
const MOST_HELD_OUT = 50_000;

type Random = () => number;

/** How columns are drawn, in turn: even, bell-shaped, skewed with many zeros, few whole numbers, with gaps. */
const DRAWS: ((random: Random) => number)[] = [
  (random) => random(),
  (random) => random() + random() + random() + random() - 2,
  (random) => (random() < 0.5 ? 0 : -Math.log(random())),
  (random) => Math.floor(random() * 8),
  (random) => (random() < 0.1 ? Number.NaN : random() * random()),
];

/** Writes a sample of a table of numbers, or of a synthetic truth when there is none. */
export function writeSample(
  folder: string,
  asked: { rows: number; columns: number; table?: string | undefined },
): void {
  const heldOut = Math.min(MOST_HELD_OUT, asked.rows >> 2);
  const total = asked.rows + heldOut;
  const random = seededRandom(17);
  const { columns, target } = asked.table
    ? resampled(asked.table, total, random)
    : synthetic(asked.columns, total, random);
  const about: About = { rows: asked.rows, heldOut, columns: columns.length };
  writeFileSync(join(folder, 'about.json'), JSON.stringify(about));
  writeFileSync(join(folder, 'target.bin'), target);
  columns.forEach((column) => {
    writeFileSync(join(folder, 'columns.bin'), column, { flag: 'a' });
  });
}

function synthetic(count: number, rows: number, random: Random) {
  const margins = new Float64Array(rows);
  const columns = Array.from({ length: count }, (_, c) => {
    const draw = DRAWS[c % DRAWS.length]!;
    const column = Float32Array.from({ length: rows }, () => draw(random));
    const weight = 2 / (1 + c);
    for (let row = 0; row < rows; row++) {
      const x = Number.isNaN(column[row]!) ? 0.5 : column[row]!;
      margins[row]! += weight * Math.sin(3 * x + c) * (1 + (c % 2) * x);
    }
    return column;
  });
  for (let row = 0; row < rows; row++)
    margins[row]! += 1.5 * Math.sign(columns[0]![row]! - 0.5) * columns[1]![row]!;
  return { columns, target: margins.map((margin) => (random() < 1 / (1 + Math.exp(-margin)) ? 1 : 0)) };
}

/** Rows drawn with replacement; numbers that are not whole or take many values are shaken a little. */
function resampled(table: string, rows: number, random: Random) {
  const at = table.lastIndexOf(':');
  const lines = readFileSync(table.slice(0, at), 'utf8')
    .split(/\r\n|\r|\n/)
    .filter(Boolean);
  const names = lines[0]!.split(',').map((name) => name.replaceAll('"', ''));
  const cells = lines.slice(1).map((line) => line.split(',').map(Number));
  const chosen = Int32Array.from({ length: rows }, () => Math.floor(random() * cells.length));
  const wanted = names.indexOf(table.slice(at + 1));
  if (wanted < 0) throw new Error(`${table}: there is no such column among ${names.join(', ')}`);
  const columns = names.flatMap((_, c) => {
    if (c === wanted) return [];
    const values = new Set(cells.map((row) => row[c]!));
    const shake = values.size > 100 ? 0.01 * spread(values) : 0;
    return [Float32Array.from(chosen, (row) => cells[row]![c]! + shake * (random() - 0.5))];
  });
  return { columns, target: Float64Array.from(chosen, (row) => cells[row]![wanted]!) };
}

function spread(values: Set<number>): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
