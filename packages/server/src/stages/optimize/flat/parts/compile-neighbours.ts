import { LEAST_BANDWIDTH, marginsOfMeans, type Part } from '../../../train/index.ts';
import { compileDense } from './compile-dense.ts';
import type { FlatPart, PartTarget } from './flat-part.ts';

type NeighboursPart = Extract<Part, { kind: 'neighbours' }>;

/** Remembered rows as one table; a row is left as soon as it is further away than the nearest ones already found. */
export function compileNeighbours(part: NeighboursPart, { link, outputs }: PartTarget): FlatPart {
  const dense = compileDense(part.inputs, part.features);
  const x = new Float64Array(dense.width);
  const points = Float64Array.from(part.points);
  const says = Float64Array.from(part.says);
  const prior = Float64Array.from(part.prior);
  const means = new Float64Array(outputs);
  const distances = new Float64Array(says.length / outputs);
  const nearest = new Float64Array(part.k + 1);
  const { weight, floor, priorWeight } = part;
  return {
    bytes: dense.bytes + points.byteLength + says.byteLength,
    add(features, out, at) {
      dense.fill(features, x);
      measureDistances(points, x, distances, nearest);
      const bandwidth = nearest[part.k]! + LEAST_BANDWIDTH;
      let mass = priorWeight;
      for (let k = 0; k < outputs; k++) means[k] = priorWeight * prior[k]!;
      for (let row = 0; row < distances.length; row++) {
        const counts = 1 - distances[row]! / bandwidth;
        if (counts <= 0) continue;
        mass += counts;
        for (let k = 0; k < outputs; k++) means[k]! += counts * says[row * outputs + k]!;
      }
      for (let k = 0; k < outputs; k++) means[k]! /= mass;
      marginsOfMeans(link, floor, means, 0, outputs);
      for (let k = 0; k < outputs; k++) out[at + k]! += weight * means[k]!;
    },
  };
}

/**
 * Writes the squared distance of `x` to every point, and the smallest ones to `nearest`, ascending. A distance that is
 * beyond all of these may be given as less than it is, but not as less than them.
 */
function measureDistances(
  points: Float64Array,
  x: Float64Array,
  distances: Float64Array,
  nearest: Float64Array,
): void {
  nearest.fill(Number.POSITIVE_INFINITY);
  const width = x.length;
  const last = nearest.length - 1;
  for (let row = 0, at = 0; row < distances.length; row++, at += width) {
    const limit = nearest[last]!;
    let sum = 0;
    for (let i = 0; i < width && sum <= limit; i++) {
      const difference = points[at + i]! - x[i]!;
      sum += difference * difference;
    }
    distances[row] = sum;
    if (sum < limit) insert(nearest, last, sum);
  }
}

function insert(nearest: Float64Array, last: number, distance: number): void {
  let place = last;
  while (place > 0 && nearest[place - 1]! > distance) {
    nearest[place] = nearest[place - 1]!;
    place--;
  }
  nearest[place] = distance;
}
