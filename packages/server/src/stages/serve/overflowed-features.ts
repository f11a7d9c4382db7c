import type { AdditiveModel } from '../train/index.ts';

/**
 * The features with which a model does arithmetic: those of linear terms, and the numbers of networks and nearest neighbours, by
 * place. Trees only compare theirs.
 */
export function computedFeatures({ linear, parts }: Pick<AdditiveModel, 'linear' | 'parts'>): Int32Array {
  const places = new Set<number>();
  for (const term of linear) if (term.kind === 'number') places.add(term.feature);
  for (const part of parts) {
    if (part.kind === 'forest') continue;
    for (const { feature } of part.inputs.numbers) places.add(part.features[feature]!);
  }
  return Int32Array.from(places).sort();
}

/**
 * Whether a number of the row is beyond float32 (±3.4e38), in which features are computed. What a network or the nearest neighbours
 * make of infinity is finite, and says nothing of the row.
 */
export function hasOverflow(computed: Int32Array, features: Float32Array): boolean {
  for (let i = 0; i < computed.length; i++) if (isInfinite(features[computed[i]!]!)) return true;
  return false;
}

/** The first row in which {@link hasOverflow} would say so; -1 where there is none. */
export function firstOverflow(computed: Int32Array, columns: readonly Float32Array[]): number {
  const rows = [...computed].map((place) => columns[place]!.findIndex(isInfinite)).filter((row) => row >= 0);
  return rows.length === 0 ? -1 : Math.min(...rows);
}

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}
