import type { BatchingMode } from '@slipway/contract';
import { hasOpenRows, rowAnalysisOf, type Tensor, type TensorManifest } from '../../stages/pack/index.ts';

/**
 * Whether a request may share a run with others. By itself (`auto`) only where the graph proves that rows do not depend on each
 * other; `on` insists where it does not, as far as the model has rows at all; `off` never.
 *
 * A request that gives other inputs than the model asks for, or tensors of different numbers of rows, runs alone in any case.
 */
export function sharesRuns(
  manifest: TensorManifest,
  mode: BatchingMode | undefined,
  inputs: readonly Tensor[],
): boolean {
  if (mode === 'off') return false;
  if (mode !== 'on' && !rowAnalysisOf(manifest).independent) return false;
  const { inputs: asked, outputs } = manifest;
  if (!hasOpenRows([...asked, ...outputs])) return false;
  const rows = inputs[0]?.shape[0];
  const isAsked = inputs.every(
    ({ name, shape }) => shape[0] === rows && asked.some((spec) => spec.name === name),
  );
  return isAsked && rows !== undefined && rows > 0 && inputs.length === asked.length;
}
