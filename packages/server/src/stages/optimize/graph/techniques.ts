import type { Inapplicable, NamedTensor } from '../model.ts';
import type { GraphRunner } from '../ports.ts';
import { type Graph, hasSubGraphs } from './graph.ts';
import { halfGraph } from './half/half-graph.ts';
import { halfWeights } from './half/half-weights.ts';
import { chainsOf } from './prune/chains.ts';
import { pruneUnits } from './prune/prune-units.ts';
import { scoreUnits } from './prune/score-units.ts';
import { zeroWeights } from './prune/zero-weights.ts';
import { calibrate } from './quantize/calibrate.ts';
import { type Product, productsOf } from './quantize/products.ts';
import { quantizeDynamic } from './quantize/quantize-dynamic.ts';
import { LEAST_OPSET, quantizedValues, quantizeStatic } from './quantize/quantize-static.ts';
import { type Calibration, type Histogram, RANGE_BY } from './quantize/ranges.ts';
import type { Seen } from './seen.ts';

/** What techniques work with. */
export type Bench = {
  seen: Seen;
  /** Data to calibrate with, in batches that the model takes. */
  batches: readonly (readonly NamedTensor[])[];
  runner: GraphRunner;
  /** Whether a graph's answers stay within the limit. */
  holds: (graph: Graph) => Promise<boolean>;
  /** Ranges of values, which several techniques use; counted once for a graph. */
  histograms: (graph: Graph) => Promise<ReadonlyMap<string, Histogram>>;
};

type Made = { graph: Graph; says: string };

/** A way to make a graph lighter that may change its answers. */
export type Technique = {
  id: string;
  /** What it may be put on top of, besides the simplified graph. */
  after: readonly string[];
  make: (graph: Graph, bench: Bench) => Promise<Made | Inapplicable>;
};

const NO_PRODUCTS: Inapplicable = {
  because: 'no MatMul, Gemm or Conv has constant float32 weights to quantize',
};

export const FEWER_UNITS = 'fewer units';

/** Everything that is tried. */
export const TECHNIQUES: readonly Technique[] = [
  { id: FEWER_UNITS, after: [], make: fewerUnits },
  { id: 'fewer weights', after: [], make: fewerWeights },
  { id: 'float16 weights', after: [FEWER_UNITS], make: async (graph) => narrowed(graph) },
  { id: 'float16', after: [], make: async (graph, { seen }) => inHalves(graph, seen) },
  { id: 'int8 dynamic', after: [FEWER_UNITS], make: async (graph) => dynamic(graph, ['MatMul', 'Gemm']) },
  { id: 'int8 dynamic, Conv too', after: [], make: async (graph) => dynamicConv(graph) },
  ...(['min-max', 'percentile', 'entropy'] as const).map((calibration) => ({
    id: `int8 static, ${calibration}`,
    after: calibration === 'percentile' ? [FEWER_UNITS] : [],
    make: (graph: Graph, bench: Bench) => statically(graph, bench, calibration),
  })),
];

async function fewerUnits(
  graph: Graph,
  { seen, batches, runner, holds }: Bench,
): Promise<Made | Inapplicable> {
  const chains = chainsOf(graph, seen);
  if (chains.length === 0)
    return {
      because: 'no two layers (Gemm, Conv) follow each other with only an activation or pooling between',
    };
  if (batches.length === 0) return { because: 'there are no rows to see what its units say' };
  const scores = await scoreUnits(graph, chains, batches, runner);
  const pruned = await pruneUnits(graph, chains, scores, holds);
  if (pruned === undefined) return { because: 'no unit can go without a loss beyond the limit' };
  const { removed, of } = pruned;
  return { graph: pruned.graph, says: `${removed} of ${of} hidden units and channels removed` };
}

const SEARCH_STEPS = 5;
/** Fewer zeros make no smaller file. */
const LEAST_SHARE = 0.7;

async function fewerWeights(graph: Graph, { holds }: Bench): Promise<Made | Inapplicable> {
  if (productsOf(graph).length === 0) return NO_PRODUCTS;
  let best: Made | undefined;
  let [kept, lost] = [LEAST_SHARE, 1];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const share = step === 0 ? LEAST_SHARE : (kept + lost) / 2;
    const candidate = zeroWeights(graph, share);
    if (await holds(candidate)) {
      best = {
        graph: candidate,
        says: `${Math.round(share * 100)} % of the weights are zero and not stored`,
      };
      kept = share;
    } else if (step === 0) break;
    else lost = share;
  }
  return (
    best ?? {
      because: `fewer than ${LEAST_SHARE * 100} % of the weights can be zero within the limit, so that a list of the others is no smaller`,
    }
  );
}

function narrowed(graph: Graph): Made | Inapplicable {
  const half = halfWeights(graph);
  if (half === undefined) return { because: 'there are no float32 constants that halves can hold' };
  return { graph: half, says: 'weights kept as float16, computed with as float32' };
}

function inHalves(graph: Graph, seen: Seen): Made | Inapplicable {
  if (hasSubGraphs(graph)) return { because: 'it has branches or loops' };
  const half = halfGraph(graph, seen);
  if (half === undefined) return { because: 'nothing in it is float32' };
  return { graph: half, says: 'computed in float16; inputs and outputs stay float32' };
}

const ALL_KINDS: readonly Product['kind'][] = ['MatMul', 'Gemm', 'Conv'];

function dynamicConv(graph: Graph): Made | Inapplicable {
  const hasConv = productsOf(graph).some(({ kind }) => kind === 'Conv');
  return hasConv ? dynamic(graph, ALL_KINDS) : { because: 'no Conv has constant float32 weights' };
}

function dynamic(graph: Graph, kinds: readonly Product['kind'][]): Made | Inapplicable {
  const products = productsOf(graph).filter(({ kind }) => kinds.includes(kind));
  if (products.length === 0)
    return { because: `no ${kinds.join(' or ')} has constant float32 weights to quantize` };
  if (graph.opset < 11)
    return { because: `operator set ${graph.opset} has no DynamicQuantizeLinear (11 has)` };
  return { graph: quantizeDynamic(graph, kinds), says: saysProducts(products) };
}

async function statically(
  graph: Graph,
  { histograms, batches }: Bench,
  calibration: Calibration,
): Promise<Made | Inapplicable> {
  const products = productsOf(graph);
  if (products.length === 0) return NO_PRODUCTS;
  if (graph.opset < LEAST_OPSET)
    return { because: `operator set ${graph.opset} has no scales by channel (${LEAST_OPSET} has)` };
  if (batches.length === 0) return { because: 'there is no data to calibrate with' };
  const counted = await histograms(graph);
  const ranges = new Map([...counted].map(([name, histogram]) => [name, RANGE_BY[calibration](histogram)]));
  return { graph: quantizeStatic(graph, ranges), says: saysProducts(products) };
}

/** The histograms of what static quantization needs, counted once for each graph. */
export function histogramsOnce(
  batches: Bench['batches'],
  runner: GraphRunner,
): (graph: Graph) => Promise<ReadonlyMap<string, Histogram>> {
  const known = new Map<Graph, Promise<ReadonlyMap<string, Histogram>>>();
  return (graph) => {
    const names = [...new Set(quantizedValues(graph).map(({ as }) => as))];
    const counted = known.get(graph) ?? calibrate(graph, names, batches, runner);
    known.set(graph, counted);
    return counted;
  };
}

function saysProducts(products: readonly Product[]): string {
  const counts = ALL_KINDS.map((kind) => [kind, products.filter((one) => one.kind === kind).length] as const);
  const said = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`);
  return `${said.join(', ')} with int8 weights, by channel`;
}
