import { fail, failureFrom } from '@slipway/contract';
import type { TableRoute } from '../stages/deploy/index.ts';
import type { BundleManifest, TensorManifest } from '../stages/pack/index.ts';
import { checkGolden, type Engine } from '../stages/serve/index.ts';
import { type SeenOutputs, seenAtImport } from './answers/output-bytes.ts';
import { loadGraphRoute } from './load-graph-route.ts';
import { readBundle } from './read-bundle.ts';
import { type EngineLife, engineLife } from './scaling/engine-life.ts';
import type { ScaledModel } from './scaling/scaled-model.ts';
import type { HoldLimits } from './scaling/wake-gate.ts';
import type { ModelPool } from './tensors/model-pool.ts';
import type { PoolOpener } from './tensors/open-pool.ts';

/** A model that is ready to answer, with the parts of an answer that never change. */
type ReadyRoute = {
  modelName: string;
  modelVersion: number;
  bundleId: string;
  /** As the prediction log names this model at this endpoint. */
  deployment: string | undefined;
  /** Header names and values that say which model answered. */
  headers: readonly string[];
  /** The answer up to its predictions. */
  answerHead: string;
};

/** A model of columns, in memory, warm, that gave its golden answers. */
export type ColumnRoute = ReadyRoute & {
  takes: 'columns';
  /** Gone from memory at times; whoever predicts sees to it that the life is awake. */
  readonly engine: Engine;
  life: EngineLife;
  manifest: BundleManifest;
  /** Of a graph with imported models: bytes of their outputs for so many rows, at worst. */
  outputBytes?: (rows: number) => number;
  /** Ends the processes of a graph's imported models, once the requests that it has are answered. */
  close?: () => Promise<void>;
};

/** A model of tensors, in processes of its own, that answered as when it was imported. */
export type TensorRoute = ReadyRoute & {
  takes: 'tensors';
  pool: ModelPool;
  manifest: TensorManifest;
  /** What its outputs took so far. */
  seen: SeenOutputs;
};

export type LoadedRoute = ColumnRoute | TensorRoute;

export type RouteLoader = (route: TableRoute) => Promise<LoadedRoute>;

/** How long a model may take until it is warm, beside what holds its callers. */
export type LoadLimits = HoldLimits & { loadTimeoutMs: number };

/** Rows predicted before a model takes traffic, so that its first request finds compiled code. */
const WARM_UP_ROWS = 2_000;
const WARM_UP_SLICE_MS = 2;

/**
 * What reads a bundle, checks the files it read against the hashes in `signature.json`, and makes it ready.
 * Throws `endpoint.load-failed`.
 */
export function routeLoader(openPool: PoolOpener, limits: LoadLimits): RouteLoader {
  return async (route) => {
    try {
      return await load(route, openPool, limits);
    } catch (cause) {
      throw loadFailed(route, cause, 'It receives no requests');
    }
  };
}

function loadFailed(
  { modelName: name, modelVersion: version }: TableRoute,
  cause: unknown,
  consequence: string,
): Error {
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
  return fail('endpoint.load-failed', { name, version, reason, consequence }, { cause });
}

async function load(route: TableRoute, openPool: PoolOpener, limits: LoadLimits): Promise<LoadedRoute> {
  if (typeof route.folder !== 'string') throw failureFrom(route.folder.failure);
  const bundle = await readBundle(route.folder, route.bundleId);
  const ready = readyRoute(route);
  if (bundle.takes === 'tensors') {
    const { manifest, model } = bundle;
    const pool = await openPool(route.modelName, manifest, model);
    return { ...ready, takes: 'tensors', manifest, pool, seen: seenAtImport(manifest) };
  }
  const { manifest, engine, engineBytes: bytes, imported } = bundle;
  if (imported !== undefined)
    return {
      ...ready,
      ...(await loadGraphRoute(
        route.modelName,
        { manifest, engine, imported },
        openPool,
        limits.loadTimeoutMs,
      )),
    };
  checkGolden(engine, manifest);
  await warmUp(engine, manifest, limits.loadTimeoutMs);
  engine.graph?.forget();
  const life = engineLife({
    ...limits,
    name: route.modelName,
    engine,
    bytes,
    reload: () => reloaded(route),
  });
  return {
    ...ready,
    takes: 'columns',
    manifest,
    life,
    get engine() {
      return life.engine;
    },
  };
}

/** The engine once more, for calls that wait: its code is warm already, its rows need not all be tried again. */
async function reloaded(route: TableRoute): Promise<Engine> {
  try {
    if (typeof route.folder !== 'string') throw failureFrom(route.folder.failure);
    const bundle = await readBundle(route.folder, route.bundleId);
    if (bundle.takes === 'tensors') throw fail('bundle.invalid', { reason: 'it takes tensors now' });
    checkGolden(bundle.engine, bundle.manifest);
    bundle.engine.graph?.forget();
    return bundle.engine;
  } catch (cause) {
    throw loadFailed(route, cause, 'The next request loads it again');
  }
}

/** What the scaler sees of a route. */
export function scaledModel(route: LoadedRoute): ScaledModel {
  return route.takes === 'tensors' ? route.pool : route.life;
}

/** Gives back what a route holds besides memory, once the requests that it has are answered. */
export async function releaseRoute(route: LoadedRoute): Promise<void> {
  if (route.takes === 'tensors') await route.pool.close();
  else await route.close?.();
}

function readyRoute({ modelName, modelVersion, bundleId, deployment }: TableRoute): ReadyRoute {
  const model = JSON.stringify({ name: modelName, version: modelVersion });
  return {
    modelName,
    modelVersion,
    bundleId,
    deployment,
    headers: ['x-slipway-model', modelName, 'x-slipway-model-version', String(modelVersion)],
    answerHead: `{"model":${model},"predictions":[`,
  };
}

/** In slices, so that requests to other models are answered meanwhile. A model that takes too long is not let in. */
async function warmUp(engine: Engine, manifest: BundleManifest, limitMs: number): Promise<void> {
  const { rows } = manifest.golden;
  const endsAt = performance.now() + limitMs;
  let sliceEnds = performance.now() + WARM_UP_SLICE_MS;
  for (let done = 0; rows.length > 0 && done < WARM_UP_ROWS; done += rows.length) {
    for (const prediction of engine.predict(rows)) engine.answerText(prediction);
    if (performance.now() < sliceEnds) continue;
    if (performance.now() > endsAt) throw new Error(`it was not warm within ${limitMs} ms`);
    await new Promise(setImmediate);
    sliceEnds = performance.now() + WARM_UP_SLICE_MS;
  }
}
