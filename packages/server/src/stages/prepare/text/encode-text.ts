import { compileTermReader } from './read-terms.ts';
import { upToZero } from './split-words.ts';
import type { TextFeature } from './text-feature.ts';

/** Writes the values of a text's features into `into`, in their order; an empty text is missing. */
export type TextEncoder = (text: string, into: Float32Array) => void;

/** Compiles the features of one vocabulary. */
export function compileTextEncoder(features: readonly TextFeature[]): TextEncoder {
  const read = compileTermReader(features[0]!.vocabulary);
  const summed = features.flatMap((feature, at) => (feature.of === 'words' ? [] : [{ at, feature }]));
  const width = summed.length;
  const weights = weightsByTerm(summed.map(({ feature }) => feature));
  const sums = new Float64Array(width);
  return (text, into) => {
    const whole = upToZero(text);
    if (whole === '') {
      into.fill(Number.NaN);
      return;
    }
    const found = read(whole);
    sums.fill(0);
    for (let i = 0; i < found.terms.length; i++) {
      const from = found.terms[i]! * width;
      const weight = found.weights[i]!;
      for (let j = 0; j < width; j++) sums[j]! += weight * weights[from + j]!;
    }
    into.fill(found.words);
    for (let j = 0; j < width; j++) into[summed[j]!.at] = found.norm > 0 ? sums[j]! / found.norm : 0;
  };
}

/** Row-major: the weights of each term in every feature. */
export function weightsByTerm(features: readonly TextFeature[]): Float32Array {
  const width = features.length;
  const weights = new Float32Array((features[0]?.weights.length ?? 0) * width);
  features.forEach((feature, j) => {
    feature.weights.forEach((weight, term) => {
      weights[term * width + j] = weight;
    });
  });
  return weights;
}

/** The features by their vocabulary, each with its place in the list. */
export function byVocabulary(
  features: readonly { kind: string }[],
): { places: number[]; features: TextFeature[] }[] {
  const groups = new Map<TextFeature['vocabulary'], { places: number[]; features: TextFeature[] }>();
  features.forEach((spec, place) => {
    if (!isText(spec)) return;
    const group = groups.get(spec.vocabulary) ?? { places: [], features: [] };
    group.places.push(place);
    group.features.push(spec);
    groups.set(spec.vocabulary, group);
  });
  return [...groups.values()];
}

/** Whether the feature comes from the words of a text. */
export function isText(spec: { kind: string }): spec is TextFeature {
  return spec.kind === 'text';
}
