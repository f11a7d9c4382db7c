import type { TextFeature, TextVocabulary } from '../../prepare/index.ts';
import {
  LONGEST_PIECE,
  MOST_REPEATS,
  MOST_SPACES,
  TERM_FREQUENCY,
  weightsByTerm,
} from '../../prepare/index.ts';
import { cast } from './feature-nodes.ts';
import { type GraphBuilder, ML_DOMAIN } from './graph-builder.ts';
import { attribute, doubleTensor, floatTensor, int64Tensor, stringTensor } from './tensors.ts';

/** Words of all rows in their order: which row each is of, and its number in the vocabulary, -1 when it is not there. */
type Words = { rows: string; ids: string };

/** Pieces of text, each with what it came from. */
type Pieces = { texts: string; from: string };

/** Where StringSplit and RegexFullMatch came in: ONNX Runtime 1.17 (2024). */
const TEXT_OPSET = 20;

/**
 * Adds the nodes that compute features of one text column; returns a float tensor [N] for each.
 *
 * One more text, made of known words, goes first through all of it and is cut off at the end, so that no list in
 * between is ever empty. The same steps in the same order as `compileTextEncoder`, so that sums are the same to the bit.
 */
export function addTextFeatures(
  graph: GraphBuilder,
  features: readonly TextFeature[],
  column: string,
  missingWords: readonly string[] = [],
): string[] {
  graph.needs(TEXT_OPSET);
  const { vocabulary } = features[0]!;
  const present = missingWords.length === 0 ? column : addWithoutWords(graph, column, missingWords);
  const texts = addTexts(graph, present, sampleText(vocabulary));
  const rows = graph.node('Shape', [texts]);
  const words = addWords(graph, vocabulary, texts);
  const withoutSample = (values: string) => slice(graph, values, 0, -1, 0);
  const missing = graph.node('Equal', [withoutSample(texts), graph.constant(stringTensor([''], []))]);
  const summed = features.filter(({ of }) => of !== 'words');
  const sums = summed.length === 0 ? '' : addSums(graph, summed, words, rows);
  return features.map((feature) => {
    const values =
      feature.of === 'words'
        ? addTo(
            graph,
            filled(graph, rows, 0),
            words.rows,
            filled(graph, graph.node('Shape', [words.rows]), 1),
          )
        : graph.node(
            'Gather',
            [sums, int64(graph, [summed.indexOf(feature)], [])],
            [attribute.int('axis', 1)],
          );
    const value = graph.node('Where', [
      missing,
      graph.constant(doubleTensor([Number.NaN], [])),
      withoutSample(values),
    ]);
    return cast(graph, value, 'float');
  });
}

/** Every character that JavaScript takes for a space, in the words of RE2. */
const SPACE =
  '[\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*';

/** The texts, empty where they are a missing-value word or nothing but spaces. */
function addWithoutWords(graph: GraphBuilder, column: string, missingWords: readonly string[]): string {
  const words = missingWords.map((word) => [...word].map(escaped).join('')).join('|');
  const pattern = attribute.string('pattern', `${SPACE}(?:${words})?${SPACE}`);
  const isMissing = graph.node('RegexFullMatch', [column], [pattern]);
  return graph.node('Where', [isMissing, graph.constant(stringTensor([''], [])), column]);
}

/** The texts up to their first zero character, where some runtimes end them anyhow, and the sample. */
function addTexts(graph: GraphBuilder, column: string, sample: string): string {
  const all = concat(graph, [column, graph.constant(stringTensor([sample]))]);
  const zero = [attribute.string('delimiter', '\0'), attribute.int('maxsplit', 1)];
  const [split = ''] = graph.nodes('StringSplit', [all], 2, zero);
  return graph.node('Gather', [split, int64(graph, [0], [])], [attribute.int('axis', 1)]);
}

/** Two known words with a space between them, and again with a separator. */
function sampleText({ words, separators }: TextVocabulary): string {
  const [word] = words;
  return `${word} ${word}${separators.slice(0, 1)}${word}`;
}

function addWords(graph: GraphBuilder, vocabulary: TextVocabulary, texts: string): Words {
  const { pieces, rows } = addPieces(graph, texts);
  const { texts: words, from } =
    vocabulary.separators === '' ? whole(graph, pieces) : addSplits(graph, vocabulary, pieces);
  const spellings = new Map(vocabulary.spellings);
  vocabulary.words.forEach((word, id) => {
    spellings.set(word, id);
  });
  const ids = graph.node(
    'LabelEncoder',
    [words],
    [
      attribute.strings('keys_strings', [...spellings.keys()]),
      attribute.ints('values_int64s', [...spellings.values()]),
      attribute.int('default_int64', -1),
    ],
    { domain: ML_DOMAIN },
  );
  const order = addOrder(graph, from);
  return { rows: gather(graph, rows, gather(graph, from, order)), ids: gather(graph, ids, order) };
}

/** What stands between spaces, in lower case, with the row of each. */
function addPieces(graph: GraphBuilder, texts: string): { pieces: string; rows: string } {
  const lower = graph.node(
    'StringNormalizer',
    [texts],
    [
      attribute.string('case_change_action', 'LOWER'),
      attribute.int('is_case_sensitive', 1),
      // The locale that is everywhere; any other, and the default, may be missing where the graph is run.
      attribute.string('locale', 'C'),
    ],
  );
  const spaces = [attribute.string('delimiter', ' '), attribute.int('maxsplit', MOST_SPACES)];
  const [split = ''] = graph.nodes('StringSplit', [lower], 2, spaces);
  const counted = slice(graph, split, 0, MOST_SPACES, 1);
  const { texts: pieces, from } = presentOf(graph, counted);
  const isShort = graph.node(
    'RegexFullMatch',
    [pieces],
    [attribute.string('pattern', `(?s).{1,${LONGEST_PIECE}}`)],
  );
  const short = where(graph, isShort);
  return { pieces: gather(graph, pieces, short), rows: gather(graph, from, short) };
}

/** The pieces as words, where nothing but spaces separates. */
function whole(graph: GraphBuilder, pieces: string): Pieces {
  return { texts: pieces, from: range(graph, pieces) };
}

/** The words in the pieces, with the piece of each: first those of pieces without separators, then of the others. */
function addSplits(graph: GraphBuilder, { separators }: TextVocabulary, pieces: string): Pieces {
  const isPlain = graph.node(
    'RegexFullMatch',
    [pieces],
    [attribute.string('pattern', `[^${[...separators].map(escaped).join('')}]*`)],
  );
  const plain = where(graph, isPlain);
  let from = where(graph, graph.node('Not', [isPlain]));
  let texts = gather(graph, pieces, from);
  for (const separator of separators) {
    const [split = ''] = graph.nodes('StringSplit', [texts], 2, [attribute.string('delimiter', separator)]);
    const parts = presentOf(graph, split);
    texts = parts.texts;
    from = gather(graph, from, parts.from);
  }
  return { texts: concat(graph, [gather(graph, pieces, plain), texts]), from: concat(graph, [plain, from]) };
}

/** A character of RE2 by its code point. */
function escaped(character: string): string {
  return `\\x{${character.codePointAt(0)!.toString(16)}}`;
}

/** The texts that are not empty of a matrix, row by row, with their rows. */
function presentOf(graph: GraphBuilder, matrix: string): Pieces {
  const flat = graph.node('Reshape', [matrix, int64(graph, [-1])]);
  const empty = graph.node('Equal', [flat, graph.constant(stringTensor([''], []))]);
  const present = where(graph, graph.node('Not', [empty]));
  const width = gather(graph, graph.node('Shape', [matrix]), int64(graph, [1], []));
  return { texts: gather(graph, flat, present), from: graph.node('Div', [present, width]) };
}

/** The order of words in the texts: by piece, and within a piece as they are. */
function addOrder(graph: GraphBuilder, from: string): string {
  const count = graph.node('Shape', [from]);
  const keys = graph.node('Add', [graph.node('Mul', [from, count]), range(graph, from)]);
  const ascending = [attribute.int('axis', 0), attribute.int('largest', 0), attribute.int('sorted', 1)];
  const [, order = ''] = graph.nodes('TopK', [keys, count], 2, ascending);
  return order;
}

/** The sums of the features over the terms of each row, [N + 1, features] as doubles. */
function addSums(graph: GraphBuilder, features: readonly TextFeature[], words: Words, rows: string): string {
  const { vocabulary } = features[0]!;
  const { keys, repeats } = addTerms(graph, vocabulary, words);
  const terms = int64(graph, [vocabulary.idf.length], []);
  const row = graph.node('Div', [keys, terms]);
  const term = graph.node('Sub', [keys, graph.node('Mul', [row, terms])]);
  const most = graph.node('Min', [repeats, int64(graph, [MOST_REPEATS], [])]);
  const frequency = gather(graph, graph.constant(doubleTensor(TERM_FREQUENCY)), most);
  const rarity = cast(graph, gather(graph, graph.constant(floatTensor(vocabulary.idf)), term), 'double');
  const weight = graph.node('Mul', [frequency, rarity]);
  const norm = graph.node('Sqrt', [
    addTo(graph, filled(graph, rows, 0), row, graph.node('Mul', [weight, weight])),
  ]);
  const table = graph.constant(
    floatTensor(weightsByTerm(features), [vocabulary.idf.length, features.length]),
  );
  const values = cast(graph, gather(graph, table, term), 'double');
  const added = graph.node('Mul', [asColumn(graph, weight), values]);
  const start = filled(graph, concat(graph, [rows, int64(graph, [features.length])]), 0);
  const places = graph.node('Expand', [asColumn(graph, row), graph.node('Shape', [added])]);
  const sums = addTo(graph, start, places, added);
  const zero = graph.constant(doubleTensor([0], []));
  const isNone = graph.node('Equal', [norm, zero]);
  return graph.node('Where', [
    asColumn(graph, isNone),
    zero,
    graph.node('Div', [sums, asColumn(graph, norm)]),
  ]);
}

/** The known terms of all rows as ascending `row * terms + term`, each once, and how often it is there. */
function addTerms(
  graph: GraphBuilder,
  { words: known, pairs, idf }: TextVocabulary,
  { rows, ids }: Words,
): { keys: string; repeats: string } {
  const single = { rows, terms: ids };
  const all = pairs.length === 0 ? [single] : [single, addPairs(graph, known.length, pairs, { rows, ids })];
  const terms = concat(
    graph,
    all.map((one) => one.terms),
  );
  const isKnown = where(graph, graph.node('Less', [int64(graph, [-1], []), terms]));
  const row = gather(
    graph,
    concat(
      graph,
      all.map((one) => one.rows),
    ),
    isKnown,
  );
  const keys = graph.node('Add', [
    graph.node('Mul', [row, int64(graph, [idf.length], [])]),
    gather(graph, terms, isKnown),
  ]);
  const [unique = '', , , repeats = ''] = graph.nodes('Unique', [keys], 4, [attribute.int('sorted', 1)]);
  return { keys: unique, repeats };
}

/** The terms that words and the ones after them are together, -1 where none. */
function addPairs(
  graph: GraphBuilder,
  words: number,
  pairs: TextVocabulary['pairs'],
  { rows, ids }: Words,
): { rows: string; terms: string } {
  const first = slice(graph, ids, 0, -1, 0);
  const second = slice(graph, ids, 1, MOST, 0);
  const row = slice(graph, rows, 0, -1, 0);
  const none = int64(graph, [-1], []);
  const isPair = graph.node('And', [
    graph.node('And', [graph.node('Less', [none, first]), graph.node('Less', [none, second])]),
    graph.node('Equal', [row, slice(graph, rows, 1, MOST, 0)]),
  ]);
  const keys = graph.node('Add', [graph.node('Mul', [first, int64(graph, [words], [])]), second]);
  const terms = graph.node(
    'LabelEncoder',
    [graph.node('Where', [isPair, keys, none])],
    [
      attribute.ints(
        'keys_int64s',
        pairs.map(([a, b]) => a * words + b),
      ),
      attribute.ints(
        'values_int64s',
        pairs.map((_, index) => words + index),
      ),
      attribute.int('default_int64', -1),
    ],
    { domain: ML_DOMAIN },
  );
  return { rows: row, terms };
}

/** Beyond the end of any list. */
const MOST = 2 ** 31;

function slice(graph: GraphBuilder, values: string, from: number, to: number, axis: number): string {
  return graph.node('Slice', [values, int64(graph, [from]), int64(graph, [to]), int64(graph, [axis])]);
}

function int64(graph: GraphBuilder, values: number[], dims?: number[]): string {
  return graph.constant(int64Tensor(values, dims));
}

function gather(graph: GraphBuilder, values: string, places: string): string {
  return graph.node('Gather', [values, places]);
}

function concat(graph: GraphBuilder, lists: readonly string[]): string {
  return lists.length === 1 ? lists[0]! : graph.node('Concat', lists, [attribute.int('axis', 0)]);
}

/** The places where a list of booleans is true. */
function where(graph: GraphBuilder, mask: string): string {
  return graph.node('Reshape', [graph.node('NonZero', [mask]), int64(graph, [-1])]);
}

/** 0, 1, … as many as the list has. */
function range(graph: GraphBuilder, list: string): string {
  return graph.node('Range', [int64(graph, [0], []), graph.node('Size', [list]), int64(graph, [1], [])]);
}

function asColumn(graph: GraphBuilder, list: string): string {
  return graph.node('Reshape', [list, int64(graph, [-1, 1])]);
}

/** As many doubles as `shape` says. */
function filled(graph: GraphBuilder, shape: string, value: number): string {
  return graph.node('ConstantOfShape', [shape], [attribute.tensor('value', doubleTensor([value]))]);
}

/** `start` with each of the values added at its place, one after the other. */
function addTo(graph: GraphBuilder, start: string, places: string, values: string): string {
  const attributes = [attribute.int('axis', 0), attribute.string('reduction', 'add')];
  return graph.node('ScatterElements', [start, places, values], attributes);
}
