import type { NamedTensor } from '../../model.ts';
import type { GraphRunner } from '../../ports.ts';
import { numbersOf } from '../answers.ts';
import { type Graph, writeGraph } from '../graph.ts';
import { addToHistogram, type Histogram, newHistogram, type Range } from './ranges.ts';

/** Runs that calibration makes at most: more rows say little that is new. */
const MOST_BATCHES = 64;

/**
 * Runs a graph on calibration data and counts the values that `names` take. Twice, since the bins need the range first.
 * Values that are no numbers are left out, and so are names of what is no float32 tensor.
 */
export async function calibrate(
  graph: Graph,
  names: readonly string[],
  batches: readonly (readonly NamedTensor[])[],
  runner: GraphRunner,
): Promise<Map<string, Histogram>> {
  const made = new Set(graph.nodes.flatMap(({ output }) => output));
  const outputs = new Map(graph.outputs.map((value) => [value.name, value]));
  for (const name of names) if (made.has(name) && !outputs.has(name)) outputs.set(name, { name });
  const open = await runner.open(writeGraph({ ...graph, outputs: [...outputs.values()] }));
  const used = batches.slice(0, MOST_BATCHES);
  const visit = async (see: (name: string, values: Float64Array) => void) => {
    for (const batch of used)
      for (const tensor of [...batch, ...(await open.run(batch))])
        if (tensor.type === 'float32' && names.includes(tensor.name))
          see(tensor.name, numbersOf([tensor]).filter(Number.isFinite));
  };
  try {
    const ranges = new Map<string, Range>();
    await visit((name, values) => ranges.set(name, widened(ranges.get(name), values)));
    const histograms = new Map([...ranges].map(([name, range]) => [name, newHistogram(range)]));
    await visit((name, values) => addToHistogram(histograms.get(name)!, values));
    return histograms;
  } finally {
    open.close();
  }
}

function widened(range: Range | undefined, values: Float64Array): Range {
  let { low, high } = range ?? { low: 0, high: 0 };
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
