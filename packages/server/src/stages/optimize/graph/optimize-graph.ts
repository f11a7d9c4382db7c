import { isFailure } from '@slipway/contract';
import { allowanceOf, chooseTrial, isAllowed } from '../choose-trial.ts';
import type { Allowance, Inapplicable, NamedTensor, Preference, Trial } from '../model.ts';
import type { GraphCost, GraphRunner, OpenGraph } from '../ports.ts';
import type { Judge } from './answers.ts';
import { type Graph, readGraph, writeGraph } from './graph.ts';
import { simplifyGraph } from './passes/index.ts';
import { seeValues } from './seen.ts';
import { type Bench, histogramsOnce, TECHNIQUES, type Technique } from './techniques.ts';

export type Batches = readonly (readonly NamedTensor[])[];

export type GraphRequest = {
  model: Uint8Array;
  /** Rows whose answers are judged, in batches that the model takes; never empty. */
  judged: Batches;
  judgeOf: (former: Batches) => Judge;
  /** Rows that say what values range over; empty for none. */
  calibration: Batches;
  /** One row, and a thousand where the model takes them. */
  timed: { one: readonly NamedTensor[]; thousand: readonly NamedTensor[] | undefined };
  maxLoss: number;
  preference: Preference;
  /** Why only what changes no answer may be tried; undefined to try all. */
  losslessOnly: string | undefined;
  progress: (share: number, says: string) => void;
};

export type CompressedGraph = {
  /** The chosen one; undefined when the model stays as it is. */
  model: Uint8Array | undefined;
  table: Trial[];
  chosen: number;
  allowance: Allowance;
  judge: Judge;
};

/** Runs of one row: as many as a second holds. */
const FIRST_RUNS = 5;
const MOST_RUNS = 301;
const TIMED_MS = 1000;
const BATCH_RUNS = 3;
/** A thousand rows of a slower model would take too long, and too much memory. */
const SLOWEST_ROW_MS = 10;

/** What graph passes may change: sums that are folded come out in another order. */
const ROUNDING = 1e-6;

export const SIMPLIFIED = 'simplified graph';

/**
 * Tries on a graph of anybody's what may make it smaller or faster, runs each result, and chooses the one that costs least of
 * those whose answers stay within the limit.
 *
 * Throws what running the model as it is throws; a variant that does not run is told in the table.
 */
export async function optimizeGraph(request: GraphRequest, runner: GraphRunner): Promise<CompressedGraph> {
  const graph = readGraph(request.model);
  const site = await openSite(request, runner);
  const before = await site.measure('as it is', request.model, 'what there was');
  const maxLoss = request.losslessOnly === undefined ? request.maxLoss : ROUNDING;
  const allowance = allowanceOf(site.judge.measure, before.quality!, maxLoss);
  const trials: Trial[] = [{ ...before, outcome: 'before' }];
  const models: (Uint8Array | undefined)[] = [request.model];
  const steps = TECHNIQUES.length + 2;
  const attempt = async (id: string, make: () => Promise<{ graph: Graph; says: string } | Inapplicable>) => {
    request.progress(trials.length / (steps + 3), id);
    const { trial, model, made } = await tried(id, make, site);
    trials.push(trial);
    models.push(model);
    return made;
  };

  const simple = await attempt(SIMPLIFIED, async () => {
    const simpler = await simplifyGraph(graph, request.timed.one, runner);
    const says = `${graph.nodes.length} nodes became ${simpler.nodes.length}`;
    return { graph: simpler, says };
  });
  const base = simple !== undefined && holdsExactly(trials[1]!, before) ? simple : graph;
  if (request.losslessOnly === undefined) {
    const holds = async (candidate: Graph) =>
      isAllowed(allowance, await site.qualityOf(writeGraph(candidate)).catch(() => Number.NaN));
    const bench = await benchFor(base, request, runner, holds);
    const made = new Map<string, Graph>();
    for (const technique of TECHNIQUES) {
      const result = await attempt(technique.id, () => technique.make(base, bench));
      if (result !== undefined) made.set(technique.id, result);
    }
    for (const { id, from, make } of combinations(made))
      await attempt(id, async () => make(from, await benchFor(from, request, runner, holds)));
  } else for (const { id } of TECHNIQUES) trials.push(inapplicable(id, request.losslessOnly));
  const { table, chosen } = chooseTrial(trials, allowance, request.preference);
  return { model: chosen === 0 ? undefined : models[chosen], table, chosen, allowance, judge: site.judge };
}

async function benchFor(
  graph: Graph,
  { calibration, timed }: GraphRequest,
  runner: GraphRunner,
  holds: Bench['holds'],
): Promise<Bench> {
  const seen = await seeValues(graph, timed.one, runner);
  const histograms = histogramsOnce(calibration, runner);
  return { seen, batches: calibration, runner, holds, histograms };
}

function combinations(made: ReadonlyMap<string, Graph>) {
  return TECHNIQUES.flatMap(({ id, after, make }: Technique) =>
    after.flatMap((first) => {
      const from = made.get(first);
      return from === undefined ? [] : [{ id: `${first}, ${id}`, from, make }];
    }),
  );
}

/** Whether a graph that should answer the same does. */
function holdsExactly({ quality }: Trial, before: Trial): boolean {
  return (
    quality !== null &&
    Math.abs(quality - before.quality!) <= ROUNDING * Math.max(1, Math.abs(before.quality!))
  );
}

type Site = {
  judge: Judge;
  measure: (technique: string, model: Uint8Array, says: string) => Promise<Trial>;
  qualityOf: (model: Uint8Array) => Promise<number>;
};

async function openSite({ model, judged, judgeOf, timed }: GraphRequest, runner: GraphRunner): Promise<Site> {
  const withGraph = async <T>(bytes: Uint8Array, use: (open: OpenGraph) => Promise<T>): Promise<T> => {
    const open = await runner.open(bytes);
    try {
      return await use(open);
    } finally {
      open.close();
    }
  };
  const answersOf = async (open: OpenGraph): Promise<Batches> => {
    const answers = [];
    for (const batch of judged) answers.push(await open.run(batch));
    return answers;
  };
  const judge = judgeOf(await withGraph(model, answersOf));
  const qualityOf = async (open: OpenGraph) => judge.qualityOf(await answersOf(open));
  return {
    judge,
    qualityOf: (bytes) => withGraph(bytes, qualityOf),
    measure: (technique, bytes, says) =>
      withGraph(bytes, async (open): Promise<Trial> => {
        const { milliseconds } = await open.measure(timed.one, FIRST_RUNS);
        const runs = Math.max(FIRST_RUNS, Math.min(MOST_RUNS, Math.round(TIMED_MS / milliseconds)));
        const one = await open.measure(timed.one, runs);
        const quality = await qualityOf(open);
        const again = await open.measure(timed.one, runs);
        const thousand = await thousandRows(open, timed.thousand, milliseconds);
        return {
          technique,
          outcome: 'fits',
          says,
          bytes: bytes.byteLength,
          memoryBytes: (thousand ?? again).memoryBytes,
          oneRowMicroseconds: Math.min(one.milliseconds, again.milliseconds) * 1000,
          thousandRowsMicroseconds: thousand === undefined ? null : thousand.milliseconds * 1000,
          quality,
        };
      }),
  };
}

/** Undefined where a thousand rows are too much. Asked last, since the process may die of it. */
async function thousandRows(
  open: OpenGraph,
  rows: readonly NamedTensor[] | undefined,
  oneRowMs: number,
): Promise<GraphCost | undefined> {
  if (rows === undefined || oneRowMs > SLOWEST_ROW_MS) return undefined;
  return open.measure(rows, BATCH_RUNS).catch((error: unknown) => {
    if (isFailure(error) && DOES_NOT_RUN.includes(error.code)) return undefined;
    throw error;
  });
}

async function tried(
  id: string,
  make: () => Promise<{ graph: Graph; says: string } | Inapplicable>,
  site: Site,
): Promise<{ trial: Trial; model?: Uint8Array; made?: Graph }> {
  try {
    const made = await make();
    if ('because' in made) return { trial: inapplicable(id, made.because) };
    const model = writeGraph(made.graph);
    return { trial: await site.measure(id, model, made.says), model, made: made.graph };
  } catch (error) {
    if (!isFailure(error) || !DOES_NOT_RUN.includes(error.code)) throw error;
    return { trial: inapplicable(id, `the result does not run: ${String(error.details.reason)}`) };
  }
}

const DOES_NOT_RUN = ['model.refused-by-runtime', 'model.run-failed', 'model.lost'];

export function inapplicable(technique: string, because: string): Trial {
  return {
    technique,
    outcome: 'inapplicable',
    says: because,
    bytes: null,
    memoryBytes: null,
    oneRowMicroseconds: null,
    thousandRowsMicroseconds: null,
    quality: null,
  };
}
