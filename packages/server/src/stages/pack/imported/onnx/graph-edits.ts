import { modelProto } from '../../onnx/onnx-schema.ts';
import { ELEMENT_TYPES } from '../model.ts';
import { type FieldBytes, fieldBytes, withFields } from './message-bytes.ts';
import type { RawAttribute, RawGraph, RawNode, RawType, RawValue } from './outline-schema.ts';

/** Fields of GraphProto and NodeProto. */
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 };
export const NODE = { input: 1, output: 2, opType: 4, attribute: 5 };

const FLOAT = ELEMENT_TYPES.float32.onnx;
const BFLOAT16 = 16;

export type GraphEdits = {
  apply: (graph: Uint8Array) => Uint8Array;
  classes: string[];
  bfloat16: string[];
  changes: string[];
};

/**
 * What is to be changed of the graph: outputs that are no tensors, values of bfloat16 that come in and go out, and locales that images
 * do not have.
 */
export function graphEdits(graph: RawGraph): GraphEdits {
  const nodes = new Map<string, Uint8Array[]>();
  const outputs = new Map<string, Uint8Array[]>();
  const inputs = new Map<string, Uint8Array>();
  const before: Uint8Array[] = [];
  const after: Uint8Array[] = [];
  const renamed = new Map<string, string>();
  const changes: string[] = [];
  const bfloat16: string[] = [];
  const zipped = graph.output.flatMap((output) => unzipped(output, graph, nodes, outputs, changes));
  const halves = ({ type }: RawValue) => type?.tensorType?.elemType === BFLOAT16;
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const taken = new Set(graph.node.flatMap(({ input, output }) => [...input, ...output]));
  const inner = (name: string) => {
    let unused = `${name}/bfloat16`;
    while (taken.has(unused)) unused += '_';
    renamed.set(name, unused);
    return unused;
  };
  for (const value of graph.input.filter((each) => halves(each) && !constants.has(each.name))) {
    inputs.set(value.name, encode('ValueInfoProto', asFloat(value)));
    before.push(fieldBytes(GRAPH.node, castNode(value.name, inner(value.name), BFLOAT16)));
    bfloat16.push(value.name);
  }
  for (const value of graph.output.filter(halves)) {
    outputs.set(value.name, [encode('ValueInfoProto', asFloat(value))]);
    after.push(
      fieldBytes(GRAPH.node, castNode(renamed.get(value.name) ?? inner(value.name), value.name, FLOAT)),
    );
    bfloat16.push(value.name);
  }
  for (const name of bfloat16)
    changes.push(`"${name}" is bfloat16 and travels as float32, which holds every value of it.`);
  const locales = englishTexts(graph);
  if (locales.size > 0)
    changes.push(
      `Texts are changed in case by the locale ${LOCALE}, whose letters are those of English locales.`,
    );
  const change = graphChange({ nodes, inputs, outputs, renamed, locales });
  const [classes] = zipped;
  return {
    apply: (bytes) => Buffer.concat([...before, withFields(bytes, change, after)]),
    classes: zipped.length === 1 ? classes! : [],
    bfloat16,
    changes,
  };
}

/**
 * An output that is a list of maps or of tensors as the tensors that it was made of. Returns the classes of a map.
 */
function unzipped(
  { name, type }: RawValue,
  graph: RawGraph,
  nodes: Map<string, Uint8Array[]>,
  outputs: Map<string, Uint8Array[]>,
  changes: string[],
): string[][] {
  if (type?.tensorType != null) return [];
  const maker = graph.node.find(({ output }) => output.includes(name));
  if (maker?.opType === 'ZipMap' && maker.domain === 'ai.onnx.ml' && maker.input.length === 1) {
    const classes = labelsOf(maker);
    const dim = [{}, classes.length > 0 ? { dimValue: classes.length } : {}];
    nodes.set(name, [identity(maker.input[0]!, name)]);
    outputs.set(name, [
      encode('ValueInfoProto', { name, type: { tensorType: { elemType: valueType(type), shape: { dim } } } }),
    ]);
    changes.push(
      `The output "${name}", a map of probabilities for each row (ZipMap), is the tensor of probabilities.`,
    );
    return [classes];
  }
  if (maker?.opType !== 'SequenceConstruct' || maker.domain !== '') return [];
  const names = maker.input.map((_, i) => `${name}_${i}`);
  nodes.set(
    name,
    maker.input.map((input, i) => identity(input, names[i]!)),
  );
  outputs.set(
    name,
    names.map((each) => encode('ValueInfoProto', { name: each, type: { tensorType: { elemType: FLOAT } } })),
  );
  changes.push(`The output "${name}", a list of tensors, is the outputs ${names.join(', ')}.`);
  return [];
}

/** Of the values of a map: probabilities are float32, or double where the inputs are. */
function valueType(type: RawType | null): number {
  return type?.sequenceType?.elemType?.mapType?.valueType?.tensorType?.elemType || FLOAT;
}

function labelsOf({ attribute }: RawNode): string[] {
  const named = (name: string): RawAttribute | undefined => attribute.find((each) => each.name === name);
  const texts = named('classlabels_strings')?.strings ?? [];
  if (texts.length > 0) return texts.map((bytes) => Buffer.from(bytes).toString('utf8'));
  return (named('classlabels_int64s')?.ints ?? []).map(String);
}

type Changed = {
  nodes: ReadonlyMap<string, Uint8Array[]>;
  inputs: ReadonlyMap<string, Uint8Array>;
  outputs: ReadonlyMap<string, Uint8Array[]>;
  renamed: ReadonlyMap<string, string>;
  /** First outputs of the nodes that get another locale. */
  locales: ReadonlySet<string>;
};

function graphChange({
  nodes,
  inputs,
  outputs,
  renamed,
  locales,
}: Changed): Parameters<typeof withFields>[1] {
  const all = (id: number, contents: readonly Uint8Array[]) =>
    Buffer.concat(contents.map((each) => fieldBytes(id, each)));
  return ({ id, content }) => {
    if (content === undefined) return undefined;
    if (id === GRAPH.node) {
      const [first = ''] = namesIn(content, NODE.output);
      const replaced = nodes.get(first);
      if (replaced !== undefined) return all(GRAPH.node, replaced);
      const named = renamed.size === 0 ? content : withNames(content, renamed);
      const node = locales.has(first) ? withLocale(named) : named;
      return node === content ? undefined : fieldBytes(GRAPH.node, node);
    }
    if (id !== GRAPH.input && id !== GRAPH.output) return undefined;
    const [name = ''] = namesIn(content, 1);
    if (id === GRAPH.input && inputs.has(name)) return fieldBytes(GRAPH.input, inputs.get(name)!);
    if (id === GRAPH.output && outputs.has(name)) return all(GRAPH.output, outputs.get(name)!);
    return undefined;
  };
}

/** The texts of a field of a message. */
export function namesIn(message: Uint8Array, field: number): string[] {
  const names: string[] = [];
  withFields(message, ({ id, content }) => {
    if (id === field && content !== undefined) names.push(Buffer.from(content).toString('utf8'));
    return undefined;
  });
  return names;
}

/** A node that takes and makes values by their new names. Graphs inside it read those of the graph around it by name as well. */
function withNames(node: Uint8Array, renamed: ReadonlyMap<string, string>): Uint8Array {
  return withFields(node, ({ id, content }) => {
    if (content === undefined || (id !== NODE.input && id !== NODE.output)) return undefined;
    const name = renamed.get(Buffer.from(content).toString('utf8'));
    return name === undefined ? undefined : fieldBytes(id, Buffer.from(name));
  });
}

/** A locale that every system has, slim images too; its rules for case are those of English and of most others. */
const LOCALE = 'C.UTF-8';

/** Of the nodes that change the case of texts in English, or where nothing is said, which means English to the runtime. */
function englishTexts(graph: RawGraph): ReadonlySet<string> {
  const isEnglish = ({ attribute }: RawNode) => {
    const locale = attribute.find(({ name }) => name === 'locale')?.s ?? [];
    return /^($|en\b|en_)/i.test(Buffer.from(locale).toString('utf8'));
  };
  const nodes = graph.node.filter((node) => node.opType === 'StringNormalizer' && isEnglish(node));
  return new Set(nodes.map(({ output }) => output[0] ?? ''));
}

function withLocale(node: Uint8Array): Uint8Array {
  const STRING = 3;
  const locale = encode('AttributeProto', { name: 'locale', type: STRING, s: Buffer.from(LOCALE) });
  const isLocale = ({ id, content }: FieldBytes) =>
    id === NODE.attribute && namesIn(content!, 1)[0] === 'locale';
  return withFields(node, (field) => (isLocale(field) ? Buffer.alloc(0) : undefined), [
    fieldBytes(NODE.attribute, locale),
  ]);
}

function asFloat({ name, type }: RawValue): object {
  const { shape } = type!.tensorType!;
  return { name, type: { tensorType: { elemType: FLOAT, ...(shape && { shape: plainShape(shape) }) } } };
}

function plainShape({ dim }: NonNullable<NonNullable<RawType['tensorType']>['shape']>): object {
  const plain = dim.map(({ dimValue = 0, dimParam = '' }) =>
    dimParam !== '' ? { dimParam } : dimValue > 0 ? { dimValue } : {},
  );
  return { dim: plain };
}

function identity(input: string, output: string): Uint8Array {
  return encode('NodeProto', { opType: 'Identity', input: [input], output: [output] });
}

/** A node that changes the type of values, and nothing else of them that the new type has. */
export function castNode(input: string, output: string, to: number): Uint8Array {
  const INT = 2;
  return encode('NodeProto', {
    opType: 'Cast',
    input: [input],
    output: [output],
    attribute: [{ name: 'to', type: INT, i: to }],
  });
}

/** A message of onnx.proto as bytes. */
export function encode(type: string, message: object): Uint8Array {
  const proto = modelProto.root.lookupType(`onnx.${type}`);
  return proto.encode(proto.fromObject(message)).finish();
}
