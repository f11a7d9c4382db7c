export { byVocabulary, compileTextEncoder, isText, weightsByTerm } from './encode-text.ts';
export { encodeTexts } from './encode-texts.ts';
export { fitText } from './fit-text.ts';
export { fitVocabulary } from './fit-vocabulary.ts';
export { compileKnownWords, type KnownWords } from './known-words.ts';
export { MOST_REPEATS, TERM_FREQUENCY } from './read-terms.ts';
export { LONGEST_PIECE, MOST_SPACES } from './split-words.ts';
export type { TextFeature, TextVocabulary } from './text-feature.ts';
export { type TextTerms, termsOf } from './text-terms.ts';
