/**
 * The kernels of boosted trees in WebAssembly against the same loops in plain JavaScript, one thread.
 *
 * Run:
 *   npx esbuild bench/histogram-kernel.ts --bundle --platform=node --format=esm --outfile=node_modules/.cache/histogram-kernel.mjs
 *   node node_modules/.cache/histogram-kernel.mjs
 *
 * Prints one JSON line for each case: nanoseconds of CPU for a cell (a row of a column), the best of the rounds. "skewed"
 * has nine rows of ten in one bin; "half" are every other row, in order, as in a node below the root. Of partitioning
 * there is only one side: its reference is written for reading.
 */
import { accumulateReference, openTreeKernels } from '../packages/server/src/journey/train/index.ts';
import { seededRandom } from '../packages/server/src/kernel/index.ts';

const ROWS = 200_000;
const COLUMNS = 28;
const ROUNDS = 9;
const BINS = 255;
/** Numbers of a column's part of a histogram. */
const PART = 256 * 3;

const BINS_OF: Record<string, (random: number) => number> = {
  uniform: (random) => Math.floor(random * BINS),
  skewed: (random) => (random < 0.9 ? 7 : Math.floor((random - 0.9) * 10 * BINS)),
};
const STEPS = { all: 1, half: 2 };

const kernels = openTreeKernels();
const random = seededRandom(1);
const gradient = kernels.float32(ROWS).map(() => random() - 0.5);
const [ownGradient, ownHessian] = [kernels.float32(ROWS), kernels.float32(ROWS)];
ownGradient.set(gradient);
ownHessian.fill(0.25);
const pairs = kernels.float32(2 * ROWS);
const scratch = kernels.int32(ROWS + 1);
const histogram = kernels.float64(COLUMNS * PART);
const goesLeft = kernels.bytes(256).fill(1, 0, 128);

for (const [bins, draw] of Object.entries(BINS_OF)) {
  const columns = Array.from({ length: COLUMNS }, (_, c) => {
    const own = kernels.bytes(ROWS);
    for (let row = 0; row < ROWS; row++) own[row] = draw(random());
    return { bins: own, offset: c * PART };
  });
  const table = kernels.columns(COLUMNS);
  for (const column of columns) table.add(column.bins, column.offset);
  for (const [share, step] of Object.entries(STEPS)) {
    const rows = kernels.int32(Math.floor(ROWS / step));
    for (let i = 0; i < rows.length; i++) rows[i] = i * step;
    const cells = rows.length * COLUMNS;
    const wasm = nanoseconds(cells, () => {
      kernels.gather(rows, 0, rows.length, ownGradient, ownHessian, pairs);
      kernels.accumulate(histogram.fill(0), table, rows, 0, rows.length, pairs);
    });
    const js = nanoseconds(cells, () =>
      accumulateReference(histogram.fill(0), columns, rows, 0, rows.length, ownGradient, ownHessian),
    );
    print({ kernel: 'accumulate', bins, rows: share, js, wasm });
    const order = rows.slice();
    const parting = nanoseconds(rows.length, () => {
      rows.set(order);
      kernels.partition(rows, 0, rows.length, columns[0]!.bins, goesLeft, scratch);
    });
    print({ kernel: 'partition', bins, rows: share, wasm: parting });
  }
}

function nanoseconds(cells: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / cells);
  }
  return best;
}

function print(line: Record<string, string | number>): void {
  console.log(
    JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value)),
  );
}
