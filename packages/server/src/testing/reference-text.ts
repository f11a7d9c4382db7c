import type { TextFeature, TextVocabulary } from '../stages/prepare/index.ts';

/** A text feature of one text, written straight from its definition: slow and plain, for tests. */
export function referenceText(spec: TextFeature, whole: string | undefined): number {
  const text = whole?.split('\0', 1)[0];
  if (text === undefined || text === '') return Number.NaN;
  const words = wordsOf(text, spec.vocabulary);
  if (spec.of === 'words') return words.length;
  const repeats = new Map<number, number>();
  for (const term of termsIn(words, spec.vocabulary)) repeats.set(term, (repeats.get(term) ?? 0) + 1);
  let [sum, squares] = [0, 0];
  for (const [term, count] of [...repeats].sort(([a], [b]) => a - b)) {
    const weight = Math.fround(1 + Math.log(Math.min(count, 64))) * spec.vocabulary.idf[term]!;
    sum += weight * spec.weights[term]!;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : Math.fround(sum / Math.sqrt(squares));
}

function wordsOf(text: string, { separators }: TextVocabulary): string[] {
  return text
    .split(' ')
    .slice(0, 2000)
    .filter((piece) => [...piece].length <= 256)
    .flatMap((piece) =>
      [...separators].reduce((parts, by) => parts.flatMap((part) => part.split(by)), [piece]),
    )
    .filter((word) => word !== '')
    .map((word) => word.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
}

function termsIn(words: readonly string[], vocabulary: TextVocabulary): number[] {
  const { words: known, spellings, pairs } = vocabulary;
  const ids = words.map((word) => {
    const place = known.indexOf(word);
    return place >= 0 ? place : (spellings.find(([spelling]) => spelling === word)?.[1] ?? -1);
  });
  const followed = ids.slice(1).map((id, i) => pairs.findIndex(([a, b]) => a === ids[i] && b === id));
  return [...ids, ...followed.map((pair) => (pair < 0 ? -1 : known.length + pair))].filter(
    (term) => term >= 0,
  );
}
