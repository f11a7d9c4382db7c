import { fail, failureFrom } from '@slipway/contract';
import type { TableRoute } from '../journey/deploy/index.ts';
import type { BundleManifest, TensorManifest } from '../journey/pack/index.ts';
import { checkGolden, type Engine } from '../journey/serve/index.ts';
import { readBundle } from './read-bundle.ts';
import type { ModelPool } from './tensors/model-pool.ts';
import type { PoolOpener } from './tensors/open-pool.ts';

/** A model that is ready to answer, with the parts of an answer that never change. */
type ReadyRoute = {
  modelName: string;
  modelVersion: number;
  bundleId: string;
  /** Header names and values that say which model answered. */
  headers: readonly string[];
  /** The answer up to its predictions. */
  answerHead: string;
};

/** A model of columns, in memory, warm, that gave its golden answers. */
export type ColumnRoute = ReadyRoute & { takes: 'columns'; engine: Engine; manifest: BundleManifest };

/** A model of tensors, in processes of its own, that answered as when it was imported. */
export type TensorRoute = ReadyRoute & { takes: 'tensors'; pool: ModelPool; manifest: TensorManifest };

export type LoadedRoute = ColumnRoute | TensorRoute;

export type RouteLoader = (route: TableRoute) => Promise<LoadedRoute>;

/** Rows predicted before a model takes traffic, so that its first request finds compiled code. */
const WARM_UP_ROWS = 2_000;
const WARM_UP_SLICE_MS = 2;

/**
 * What reads a bundle, checks the files it read against the hashes in `signature.json`, and makes it ready.
 * Throws `endpoint.load-failed`.
 */
export function routeLoader(openPool: PoolOpener): RouteLoader {
  return async (route) => {
    try {
      return await load(route, openPool);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const details = { name: route.modelName, version: route.modelVersion, reason };
      throw fail('endpoint.load-failed', details, { cause });
    }
  };
}

async function load(route: TableRoute, openPool: PoolOpener): Promise<LoadedRoute> {
  if (typeof route.folder !== 'string') throw failureFrom(route.folder.failure);
  const bundle = await readBundle(route.folder, route.bundleId);
  const ready = readyRoute(route);
  if (bundle.takes === 'tensors') {
    const { manifest, model } = bundle;
    return { ...ready, takes: 'tensors', manifest, pool: await openPool(route.modelName, manifest, model) };
  }
  const { manifest, engine } = bundle;
  checkGolden(engine, manifest);
  await warmUp(engine, manifest);
  return { ...ready, takes: 'columns', manifest, engine };
}

/** Gives back what a route holds besides memory, once the requests that it has are answered. */
export async function releaseRoute(route: LoadedRoute): Promise<void> {
  if (route.takes === 'tensors') await route.pool.close();
}

function readyRoute({ modelName, modelVersion, bundleId }: TableRoute): ReadyRoute {
  const model = JSON.stringify({ name: modelName, version: modelVersion });
  return {
    modelName,
    modelVersion,
    bundleId,
    headers: ['x-slipway-model', modelName, 'x-slipway-model-version', String(modelVersion)],
    answerHead: `{"model":${model},"predictions":[`,
  };
}

/** In slices, so that requests to other models are answered meanwhile. */
async function warmUp(engine: Engine, manifest: BundleManifest): Promise<void> {
  const { rows } = manifest.golden;
  let sliceEnds = performance.now() + WARM_UP_SLICE_MS;
  for (let done = 0; rows.length > 0 && done < WARM_UP_ROWS; done += rows.length) {
    for (const prediction of engine.predict(rows)) engine.answerText(prediction);
    if (performance.now() < sliceEnds) continue;
    await new Promise(setImmediate);
    sliceEnds = performance.now() + WARM_UP_SLICE_MS;
  }
}
