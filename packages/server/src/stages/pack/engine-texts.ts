import { byVocabulary, type FeatureSpec, isText, type TextVocabulary } from '../prepare/index.ts';
import { type PackedNumbers, packed, unpacked } from './engine-parts.ts';

/** A vocabulary in `trees.json`, which is there once for all features that read it. */
type EncodedVocabulary = Omit<TextVocabulary, 'idf'> & { idf: PackedNumbers };

/** A text feature in `trees.json`: its vocabulary by place. */
type EncodedText = { vocabulary: number; weights: PackedNumbers };

/** The features as `trees.json` has them, and the vocabularies that those of texts name by their place. */
export function encodeSpecs(features: readonly FeatureSpec[]): {
  features: unknown[];
  texts: EncodedVocabulary[];
} {
  const vocabularies = byVocabulary(features).map(({ features: [first] }) => first!.vocabulary);
  return {
    features: features.map((spec) =>
      isText(spec)
        ? { ...spec, vocabulary: vocabularies.indexOf(spec.vocabulary), weights: packed(spec.weights) }
        : spec,
    ),
    texts: vocabularies.map((vocabulary) => ({ ...vocabulary, idf: packed(vocabulary.idf) })),
  };
}

/** What {@link encodeSpecs} was given. Bundles from before texts were read have no vocabularies. */
export function decodeSpecs(features: readonly FeatureSpec[], texts: unknown = []): FeatureSpec[] {
  const vocabularies = (texts as EncodedVocabulary[]).map((vocabulary): TextVocabulary => {
    return { ...vocabulary, idf: unpacked(vocabulary.idf) };
  });
  return features.map((spec) => {
    if (!isText(spec)) return spec;
    const { vocabulary, weights } = spec as unknown as EncodedText;
    return { ...spec, vocabulary: vocabularies[vocabulary]!, weights: unpacked(weights) };
  });
}
