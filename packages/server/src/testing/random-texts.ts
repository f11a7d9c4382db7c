import { seededRandom } from '../kernel/index.ts';
import type { Column } from '../stages/ingest/index.ts';
import { fitVocabulary, type TextFeature } from '../stages/prepare/index.ts';

const WORDS = [
  ...['red', 'Green', 'BLUE', 'not', 'good', 'bad', 'the', 'c++', '#1', '50%', "don't", 'well-known', 'e.g.'],
  ...[
    'größer',
    'GRÖSSER',
    'Über',
    'über',
    'ÜBER',
    'ПРИВЕТ',
    'привет',
    'İstanbul',
    'ẞ',
    'ß',
    'Σας',
    'ΣΑΣ',
    'ǅ',
    'ŉ',
  ],
  ...[
    '日本語',
    '良い。',
    '悪い、',
    '😀',
    '👍🏽',
    'e\u0301',
    'é',
    '\u200d',
    '\u0000',
    'a\u0000b',
    '\ufeff',
    '\ud800',
    '\udc00x',
  ],
  ...[
    'http://a.b/c?d=e&f',
    'a@b.com',
    '...',
    '!?',
    '--',
    '"quoted"',
    '(x)',
    '[y]',
    '\\',
    'a_b',
    'x'.repeat(300),
  ],
];
const GAPS = [
  ' ',
  ' ',
  ' ',
  '  ',
  '\n',
  '\t',
  '\r\n',
  ', ',
  '. ',
  '! ',
  ' - ',
  '\u00a0',
  '\u3000',
  '',
  '\u2003',
  '\u000b',
];

/** Texts of every script, with empty ones, controls, lone surrogates and words of any length. */
export function randomTexts(rows: number, seed: number): string[] {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: rows }, () => {
    const words = random() < 0.1 ? 0 : Math.floor(random() ** 3 * 60) + 1;
    let text = random() < 0.1 ? pick(GAPS) : '';
    for (let i = 0; i < words; i++) text += pick(WORDS) + pick(GAPS);
    return text;
  });
}

/** The texts as a column; an empty one is missing, as it is in every file. */
export function textColumn(texts: readonly string[], name = 'text'): Extract<Column, { type: 'string' }> {
  const dictionary = [...new Set(texts.filter((text) => text !== ''))];
  const codeOf = new Map(dictionary.map((text, code) => [text, code]));
  return {
    name,
    type: 'string',
    codes: Int32Array.from(texts, (text) => codeOf.get(text) ?? -1),
    dictionary,
  };
}

/** Features of every kind over the vocabulary of some texts, their weights at random. */
export function textFeatures(texts: readonly string[], seed: number, name = 'text'): TextFeature[] {
  const rows = Int32Array.from(texts.keys());
  const vocabulary = fitVocabulary(textColumn(texts, name), rows)!;
  const random = seededRandom(seed);
  const weights = () => vocabulary.idf.map(() => Math.fround(random() - 0.5));
  return (['words', 'topic', 'topic', 'target'] as const).map((of, i) => ({
    kind: 'text',
    name: `${name} ${i}`,
    column: name,
    of,
    weights: of === 'words' ? [] : weights(),
    vocabulary,
  }));
}
