import { decodeOutline, type RawAttribute, type RawNode } from './outline-schema.ts';

/** Names of classes that a graph itself has, in the order of its scores. */
export type GraphClasses = {
  names: string[];
  /** Whether the graph has them as whole numbers. */
  areIntegers: boolean;
  /** The operator that has them. */
  operator: string;
};

/** Operators with classes: https://onnx.ai/onnx/operators/index_ai.onnx.ml.html */
const CLASSIFIERS = new Set(['TreeEnsembleClassifier', 'LinearClassifier', 'SVMClassifier']);

/**
 * The classes that the operators of a graph name: of the map of its probabilities (ZipMap), else of its classifiers. Undefined where
 * there are none, or several that differ: then nothing says which are those of the outputs.
 */
export function graphClasses(model: Uint8Array): GraphClasses | undefined {
  const nodes = decodeOutline(model).graph?.node.filter(({ domain }) => domain === 'ai.onnx.ml') ?? [];
  const maps = nodes.filter(({ opType }) => opType === 'ZipMap');
  const makers = maps.length > 0 ? maps : nodes.filter(({ opType }) => CLASSIFIERS.has(opType));
  const found = makers.map(classesOf).filter(({ names }) => names.length > 1);
  const [first] = found;
  return found.every(({ names }) => names.join('\n') === first!.names.join('\n')) ? first : undefined;
}

function classesOf({ opType: operator, attribute }: RawNode): GraphClasses {
  const named = (name: string): RawAttribute | undefined => attribute.find((each) => each.name === name);
  const texts = named('classlabels_strings')?.strings ?? [];
  if (texts.length > 0) {
    const names = texts.map((bytes) => Buffer.from(bytes).toString('utf8'));
    return { names, areIntegers: false, operator };
  }
  const numbers = (named('classlabels_int64s') ?? named('classlabels_ints'))?.ints ?? [];
  return { names: numbers.map(String), areIntegers: true, operator };
}
