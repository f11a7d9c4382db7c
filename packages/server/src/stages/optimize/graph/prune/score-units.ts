import type { NamedTensor } from '../../model.ts';
import type { GraphRunner } from '../../ports.ts';
import { numbersOf } from '../answers.ts';
import { dimsOf, floatsOf } from '../constants.ts';
import { type Graph, isStandard, writeGraph } from '../graph.ts';
import type { Chain } from './chains.ts';
import { type UnitScores, unitAxis } from './remove-units.ts';

/** Runs at most: units show what they do on some hundred rows. */
const MOST_BATCHES = 16;

/**
 * Sees on data what the units of each chain say. A unit is worth the size of what the second layer reads of it: how far it
 * strays from its mean (from zero where the mean cannot be told in a bias) times the length of its weights there.
 */
export async function scoreUnits(
  graph: Graph,
  chains: readonly Chain[],
  batches: readonly (readonly NamedTensor[])[],
  runner: GraphRunner,
): Promise<UnitScores[]> {
  const names = new Set(chains.map(({ between }) => between));
  const outputs = new Map(graph.outputs.map((value) => [value.name, value]));
  for (const name of names) outputs.set(name, { name });
  const open = await runner.open(writeGraph({ ...graph, outputs: [...outputs.values()] }));
  const sums = chains.map(({ units }) => newSums(units));
  try {
    for (const batch of batches.slice(0, MOST_BATCHES)) {
      const values = new Map((await open.run(batch)).map((tensor) => [tensor.name, tensor]));
      for (const [at, { between, units }] of chains.entries())
        addUp(sums[at]!, numbersOf([values.get(between)!]), units, rowsOf(values.get(between)!));
    }
  } finally {
    open.close();
  }
  return chains.map((chain, at) => scored(graph, chain, sums[at]!));
}

type Sums = { count: number; sum: Float64Array; squares: Float64Array };

function newSums(units: number): Sums {
  return { count: 0, sum: new Float64Array(units), squares: new Float64Array(units) };
}

function rowsOf({ shape }: NamedTensor): number {
  return Math.max(1, shape[0] ?? 1);
}

/** Values lie row by row, in a row unit by unit. */
function addUp(sums: Sums, values: Float64Array, units: number, rows: number): void {
  const each = values.length / rows / units;
  for (const [i, value] of values.entries()) {
    const unit = Math.floor(i / each) % units;
    sums.sum[unit]! += value;
    sums.squares[unit]! += value * value;
  }
  sums.count += rows * each;
}

function scored(graph: Graph, { second, units, each }: Chain, { count, sum, squares }: Sums): UnitScores {
  const mean = sum.map((value) => value / Math.max(1, count));
  const takesMean = isStandard(second, 'Gemm') && each === 1 && (second.input[2] ?? '') !== '';
  const lengths = weightLengths(graph, second, units, each);
  const worth = squares.map((value, unit) => {
    const square = value / Math.max(1, count) - (takesMean ? mean[unit]! ** 2 : 0);
    return Math.sqrt(Math.max(0, square)) * lengths[unit]!;
  });
  const most = worth.reduce((total, value) => total + value, 0) || 1;
  return { mean, worth: worth.map((value) => (value * units) / most) };
}

/** The length of the weights by which the second layer reads each unit. */
function weightLengths(graph: Graph, second: Chain['second'], units: number, each: number): Float64Array {
  const constant = graph.constants.get(second.input[1]!)!;
  const weights = floatsOf(constant)!;
  const dims = dimsOf(constant);
  const axis = 1 - unitAxis(second);
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const squares = new Float64Array(units);
  for (const [i, weight] of weights.entries())
    squares[Math.floor((Math.floor(i / inner) % dims[axis]!) / each)]! += weight * weight;
  return squares.map(Math.sqrt);
}
