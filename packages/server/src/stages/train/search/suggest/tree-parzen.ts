import { ownValue } from '@slipway/contract';
import type { Random } from '../../../../kernel/index.ts';
import type { LearnerParams } from '../../learners/index.ts';
import { type ParamRange, type SearchSpace, sampleParams } from '../../learners/search-space.ts';
import { fromUnit, toUnit, variedBy } from './unit-space.ts';

/** Parameters that were tried and the loss they led to. */
export type Observation = { params: LearnerParams; loss: number };

/** Observations below which points are drawn at random. */
const STARTUP = 5;

/** Share of the observations that count as good. */
const GOOD_SHARE = 0.25;

/** Points drawn where the good ones are dense, of which the most promising is taken. */
const DRAWS = 24;

/** Widths of the kernels, on the unit interval. */
const NARROWEST = 0.08;

/**
 * The next point to try: a tree-structured Parzen estimator (Bergstra et al. 2011). Where the best quarter of what was
 * tried is dense and the rest is not, the next good point is likely. Each parameter is looked at by itself.
 */
export function suggestParams(
  space: SearchSpace,
  observations: readonly Observation[],
  random: Random,
): Record<string, number | boolean> {
  if (observations.length < STARTUP) return sampleParams(space, random);
  const ranked = observations.toSorted((a, b) => a.loss - b.loss);
  const goodOnes = Math.max(2, Math.ceil(GOOD_SHARE * ranked.length));
  const [good, bad] = [ranked.slice(0, goodOnes), ranked.slice(goodOnes)];
  const dimensions = variedBy(space).map(([name, range]) => ({
    name,
    range,
    good: densityOf(range, placesOf(name, range, good)),
    bad: densityOf(range, placesOf(name, range, bad)),
  }));
  const drawn = Array.from({ length: DRAWS }, () => {
    const point = dimensions.map(({ good }) => good.draw(random));
    const promise = dimensions.reduce(
      (sum, { good, bad }, d) => sum + Math.log(good.at(point[d]!) / bad.at(point[d]!)),
      0,
    );
    return { point, promise };
  });
  const best = drawn.reduce((a, b) => (b.promise > a.promise ? b : a));
  return Object.fromEntries(dimensions.map(({ name, range }, d) => [name, fromUnit(range, best.point[d]!)]));
}

function placesOf(name: string, range: ParamRange, observations: readonly Observation[]): number[] {
  return observations.flatMap(({ params }) => {
    const value = ownValue(params, name);
    return value === undefined ? [] : [toUnit(range, value as number | boolean)];
  });
}

type Density = { at(place: number): number; draw(random: Random): number };

function densityOf(range: ParamRange, places: readonly number[]): Density {
  return range.kind === 'choice' ? choiceDensity(range.of.length, places) : kernelDensity(places);
}

/** Shares of the choices, with one more of each. */
function choiceDensity(choices: number, places: readonly number[]): Density {
  const counts = new Array<number>(choices).fill(1);
  for (const place of places) counts[place]! += 1;
  const total = places.length + choices;
  return {
    at: (place) => counts[place]! / total,
    draw(random) {
      let left = random() * total;
      for (let choice = 0; choice < choices; choice++) {
        left -= counts[choice]!;
        if (left < 0) return choice;
      }
      return choices - 1;
    },
  };
}

/** A Gaussian around each place, as wide as places are scarce, and one part of the uniform prior. */
function kernelDensity(places: readonly number[]): Density {
  const width = Math.max(NARROWEST, 0.5 / (1 + places.length));
  const parts = places.length + 1;
  return {
    at(place) {
      const mass = places.reduce((sum, center) => sum + gaussian((place - center) / width) / width, 0);
      return (mass + 1) / parts;
    },
    draw(random) {
      const part = Math.floor(random() * parts);
      if (part === places.length) return random();
      return Math.min(1, Math.max(0, places[part]! + width * normal(random)));
    },
  };
}

function gaussian(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Box and Muller's normal number. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
