import { fail, failureFrom } from '@slipway/contract';
import type { TableRoute } from '../journey/deploy/index.ts';
import type { BundleManifest } from '../journey/pack/index.ts';
import { checkGolden, type Engine } from '../journey/serve/index.ts';
import { readBundle } from './read-bundle.ts';

/** A model in memory, warm, that gave its golden answers; with the parts of an answer that never change. */
export type LoadedRoute = {
  modelName: string;
  modelVersion: number;
  bundleId: string;
  engine: Engine;
  manifest: BundleManifest;
  /** Header names and values that say which model answered. */
  headers: readonly string[];
  /** The answer up to its predictions. */
  answerHead: string;
};

/** Rows predicted before a model takes traffic, so that its first request finds compiled code. */
const WARM_UP_ROWS = 2_000;
const WARM_UP_SLICE_MS = 2;

/**
 * Reads the bundle, checks the files it read against the hashes in `signature.json`, and makes it ready.
 * Throws `endpoint.load-failed`.
 */
export async function loadRoute(route: TableRoute): Promise<LoadedRoute> {
  try {
    if (typeof route.folder !== 'string') throw failureFrom(route.folder.failure);
    const { manifest, engine } = await readBundle(route.folder, route.bundleId);
    checkGolden(engine, manifest);
    await warmUp(engine, manifest);
    return loadedRoute(route, engine, manifest);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const details = { name: route.modelName, version: route.modelVersion, reason };
    throw fail('endpoint.load-failed', details, { cause });
  }
}

function loadedRoute(route: TableRoute, engine: Engine, manifest: BundleManifest): LoadedRoute {
  const { modelName, modelVersion, bundleId } = route;
  const model = JSON.stringify({ name: modelName, version: modelVersion });
  return {
    modelName,
    modelVersion,
    bundleId,
    engine,
    manifest,
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
