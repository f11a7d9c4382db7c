import { BLOCK_BYTES, FOUND_NUMBERS } from './kernels/kernel-layout.ts';
import type { KernelMemory } from './kernels/kernel-memory.ts';
import { attachTreeKernels } from './kernels/tree-kernels.ts';
import type { Job } from './thread-team.ts';
import { MEMBER_NUMBERS, planReader } from './tree-plan.ts';

/** Bytes that each part of a job has to write what it found. */
export const RESULT_BYTES = 128;

/** Within a part's result, where the second of two nodes has its split. */
export const SECOND_FOUND = FOUND_NUMBERS * 8;

/** What threads do together over one memory; most numbers are places in it. */
export type TreeJobs = ReturnType<typeof treeJobs>;

export function treeJobs(memory: KernelMemory) {
  const kernels = attachTreeKernels(memory);
  const planPart = planReader(memory);
  return {
    /** Derivatives of the log loss; "weights" is 0 when all are one. */
    logistic: job(
      ['rows', 'count', 'margins', 'targets', 'weights', 'gradient', 'hessian'],
      (args, part, parts) => {
        const [from, to] = stretch(0, args.count, part, parts);
        const { rows, margins, targets, weights, gradient, hessian } = args;
        kernels.logistic(rows, from, to, margins, targets, weights, gradient, hessian);
      },
    ),

    /** The largest derivatives of rows[0 … count), one pair for each part. */
    findLargest: job(['rows', 'count', 'gradient', 'hessian', 'results'], (args, part, parts) => {
      const [from, to] = stretch(0, args.count, part, parts);
      const into = args.results + part * RESULT_BYTES;
      kernels.largest(args.rows, from, to, args.gradient, args.hessian, into);
    }),

    /** Derivatives as whole numbers, and the sums of each part. */
    quantise: job(
      ['rows', 'count', 'gradient', 'hessian', 'perGradient', 'perHessian', 'countBits', 'quanta', 'results'],
      (args, part, parts) => {
        const [from, to] = stretch(0, args.count, part, parts);
        const { rows, gradient, hessian, perGradient, perHessian, countBits, quanta } = args;
        const into = args.results + part * RESULT_BYTES;
        kernels.quantise(rows, from, to, gradient, hessian, perGradient, perHessian, countBits, quanta, into);
      },
    ),

    /** A histogram of rows[begin … end): the first part's in `histogram`, those of the others one after the other in `spare`. */
    accumulate: job(
      [
        'columns',
        'count',
        'histogram',
        'spare',
        'bytes',
        'rows',
        'begin',
        'end',
        'quanta',
        'countBits',
        'blocks',
      ],
      (args, part, parts) => {
        const [from, to] = stretch(args.begin, args.end, part, parts);
        const histogram = part === 0 ? args.histogram : args.spare + (part - 1) * args.bytes;
        const { columns, count, rows, quanta, countBits } = args;
        kernels.clear(histogram, args.bytes);
        const block = args.blocks + part * BLOCK_BYTES;
        kernels.accumulate(histogram, columns, count, rows, from, to, quanta, countBits, block);
      },
    ),

    /**
     * Finishes the histograms of one or two nodes, each part for features of its own, and looks for their best cuts: adds up
     * what `merged` parts have accumulated in `built`, takes bundles apart, and subtracts it from the parent's in `rest` when
     * there is one. A node of 0 is not searched.
     */
    settle: job(
      [
        'plan',
        'version',
        'built',
        'rest',
        'spare',
        'bytes',
        'merged',
        'sums',
        'builtNode',
        'restNode',
        'builtSeed',
        'restSeed',
        'builtList',
        'restList',
        'features',
        'settings',
        'results',
      ],
      (args, part) => {
        const own = planPart(args.plan, args.version, part);
        const { features, settings } = args;
        const into = args.results + part * RESULT_BYTES;
        for (let r = 0; r < own.runs.length; r += 2) {
          const at = own.runs[r]!;
          for (let p = 1; p < args.merged; p++)
            kernels.merge(args.built + at, args.spare + (p - 1) * args.bytes + at, own.runs[r + 1]!);
        }
        for (let m = 0; m < own.members.length; m += MEMBER_NUMBERS) {
          const [bundle, first, at, bins, usual] = own.members.subarray(m, m + MEMBER_NUMBERS);
          kernels.unbundle(args.sums, args.built + bundle!, first!, args.built + at!, bins!, usual!);
        }
        for (let r = 0; args.rest && r < own.runs.length; r += 2)
          kernels.subtract(args.rest + own.runs[r]!, args.built + own.runs[r]!, own.runs[r + 1]!);
        const search = (list: number, histogram: number, node: number, seed: number, found: number) =>
          kernels.searchCuts(
            list,
            own.listFrom,
            own.listTo,
            features,
            histogram,
            node,
            settings,
            seed,
            found,
          );
        if (args.builtNode) search(args.builtList, args.built, args.builtNode, args.builtSeed, into);
        if (args.restNode)
          search(args.restList, args.rest, args.restNode, args.restSeed, into + SECOND_FOUND);
      },
    ),

    /** Parts rows[begin … end), each part a stretch of its own: how many go left is the first number of its result. */
    partRows: job(
      ['rows', 'begin', 'end', 'cells', 'goesLeft', 'left', 'right', 'results'],
      (args, part, parts) => {
        const [from, to] = stretch(args.begin, args.end, part, parts);
        const { rows, cells, goesLeft } = args;
        const left = kernels.part(
          rows,
          from,
          to,
          cells,
          goesLeft,
          args.left + 4 * from,
          args.right + 4 * from,
        );
        new Int32Array(memory.buffer, args.results + part * RESULT_BYTES, 1)[0] = left;
      },
    ),

    /** Puts what `partRows` has parted where it belongs. */
    joinRows: job(['rows', 'begin', 'end', 'left', 'right', 'results'], (args, part, parts) => {
      const counts = Array.from(
        { length: parts },
        (_, p) => new Int32Array(memory.buffer, args.results + p * RESULT_BYTES, 1)[0]!,
      );
      const sum = (until: number) => counts.slice(0, until).reduce((total, count) => total + count, 0);
      const [from, to] = stretch(args.begin, args.end, part, parts);
      const own = counts[part]!;
      const left = args.begin + sum(part);
      const right = args.begin + sum(parts) + (from - args.begin - sum(part));
      kernels.copy(args.rows + 4 * left, args.left + 4 * from, 4 * own);
      kernels.copy(args.rows + 4 * right, args.right + 4 * from, 4 * (to - from - own));
    }),

    /** Adds the scores of leaves to the margins of their rows; a leaf is three float64 numbers: begin, end, score. */
    addScores: job(
      ['margins', 'outputs', 'output', 'rows', 'leaves', 'count'],
      ({ margins, outputs, output, rows, leaves, count }, part, parts) => {
        const numbers = new Float64Array(memory.buffer, leaves, 3 * count);
        for (let i = 0; i < numbers.length; i += 3) {
          const [from, to] = stretch(numbers[i]!, numbers[i + 1]!, part, parts);
          kernels.addScore(margins, outputs, output, rows, from, to, numbers[i + 2]!);
        }
      },
    ),
  };
}

function job<Name extends string>(fields: readonly Name[], run: Job<Name>['run']): Job<Name> {
  return { fields, run };
}

/** The stretch of [begin … end) that is a part's own. */
function stretch(begin: number, end: number, part: number, parts: number): [number, number] {
  const at = (p: number) => begin + Math.floor(((end - begin) * p) / parts);
  return [at(part), at(part + 1)];
}
