import { fail } from '@slipway/contract';
import protobuf from 'protobufjs/light.js';
import { modelProto } from '../../onnx/onnx-schema.ts';
import { ELEMENT_TYPES, NEWEST_READ, NEWEST_RUN } from '../model.ts';
import { fieldBytes, withFields } from './message-bytes.ts';
import {
  decodeOutline,
  type RawAttribute,
  type RawGraph,
  type RawModel,
  type RawNode,
  type RawType,
  type RawValue,
} from './outline-schema.ts';
import { scanOnnx } from './scan-onnx.ts';

/** A model as the runtime takes it, and what was changed of the file for that. */
export type AdaptedModel = {
  model: Uint8Array;
  /** Names of the classes that the graph itself tells; empty where it tells none. */
  classes: string[];
  /** Inputs and outputs of bfloat16, which the graph now takes and gives as float32. */
  bfloat16: string[];
  /** One sentence for each change. */
  changes: string[];
};

/** Fields of ModelProto and GraphProto. */
const MODEL = { irVersion: 1, graph: 7, opsetImport: 8 };
const GRAPH = { node: 1, input: 11, output: 12 };

const FLOAT = ELEMENT_TYPES.float32.onnx;
const BFLOAT16 = 16;

/** Operators that changed after the runtime's newest set, by the set they changed in: https://onnx.ai/onnx/operators */
const CHANGED = new Map([
  [27, ['CausalConvWithState', 'LinearAttention', 'Range']],
  [
    28,
    'BitShift Cast Celu Compress DepthToSpace DequantizeLinear Einsum Mod OneHot Optional OptionalGetElement OptionalHasElement QuantizeLinear ReduceLogSum ReduceLogSumExp ReverseSequence SpaceToDepth SwiGLU Unique'.split(
      ' ',
    ),
  ],
]);

/**
 * Makes of what exporters write by default what the runtime takes and callers can ask for, without a change to any number: maps of
 * probabilities (ZipMap) become the tensor that they were made of, sequences of tensors an output each; inputs and outputs of bfloat16
 * pass through float32, which holds every bfloat16; a newer format or operator set is written as the runtime's newest where no
 * operator of the graph has changed since. Throws `model.not-onnx` and `model.refused`.
 */
export function adaptModel(model: Uint8Array, file: string): AdaptedModel {
  scanOnnx(model, file);
  const raw = decoded(model, file);
  const changes: string[] = [];
  if (raw.graph === null) return { model, classes: [], bfloat16: [], changes };
  const opset = loweredOpset(raw, file);
  const edits = graphEdits(raw.graph);
  const isNewer = raw.irVersion > NEWEST_RUN.ir && raw.irVersion <= NEWEST_READ.ir;
  if (isNewer) changes.push(`IR version ${raw.irVersion} is read as ${NEWEST_RUN.ir}.`);
  if (opset !== undefined)
    changes.push(
      `Operator set ${opset} is read as ${NEWEST_RUN.opset}: no operator in use has changed since.`,
    );
  changes.push(...edits.changes);
  if (changes.length === 0) return { model, classes: [], bfloat16: [], changes };
  const adapted = withFields(model, ({ id, content }) => {
    if (id === MODEL.irVersion && isNewer)
      return Buffer.concat([Uint8Array.of(MODEL.irVersion << 3), varint(NEWEST_RUN.ir)]);
    if (id === MODEL.opsetImport && opset !== undefined && isStandardImport(content!))
      return fieldBytes(
        MODEL.opsetImport,
        encode('OperatorSetIdProto', { domain: '', version: NEWEST_RUN.opset }),
      );
    return id === MODEL.graph ? fieldBytes(MODEL.graph, edits.apply(content!)) : undefined;
  });
  return { model: adapted, classes: edits.classes, bfloat16: edits.bfloat16, changes };
}

function decoded(model: Uint8Array, file: string): RawModel {
  try {
    return decodeOutline(model);
  } catch (cause) {
    throw fail('model.not-onnx', { file, reason: 'its bytes are none' }, { cause });
  }
}

/** The operator set that the model names where it can be lowered; undefined where it need not. Throws `model.refused`. */
function loweredOpset({ opsetImport, graph, functions }: RawModel, file: string): number | undefined {
  const version = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (version <= NEWEST_RUN.opset || version > NEWEST_READ.opset) return undefined;
  const changed = new Set([...CHANGED].flatMap(([set, names]) => (set <= version ? names : [])));
  const used = new Set<string>();
  const visit = (nodes: readonly RawNode[]): void => {
    for (const { opType, domain, attribute } of nodes) {
      if (domain === '' || domain === 'ai.onnx') used.add(opType);
      for (const { g, graphs } of attribute)
        for (const inner of g === null ? graphs : [g, ...graphs]) visit(inner.node);
    }
  };
  visit(graph!.node);
  for (const { node } of functions) visit(node);
  const stuck = [...used].filter((name) => changed.has(name)).slice(0, 5);
  if (stuck.length === 0 && functions.length === 0) return version;
  const why = stuck.length === 0 ? 'it has functions of that set' : `${stuck.join(', ')} changed since`;
  const call = `onnx.save(onnx.version_converter.convert_version(onnx.load(${JSON.stringify(file)}), ${NEWEST_RUN.opset}), ${JSON.stringify(file)})`;
  throw fail('model.refused', {
    file,
    reason: `its opset is ${version}, the runtime knows up to ${NEWEST_RUN.opset}, and ${why}; write it again with ${call}`,
  });
}

type GraphEdits = {
  apply: (graph: Uint8Array) => Uint8Array;
  classes: string[];
  bfloat16: string[];
  changes: string[];
};

/** What is to be changed of the graph: outputs that are no tensors, and values of bfloat16 that come in and go out. */
function graphEdits(graph: RawGraph): GraphEdits {
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
  const change = graphChange({ nodes, inputs, outputs, renamed });
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
      encode('ValueInfoProto', { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } }),
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
};

function graphChange({ nodes, inputs, outputs, renamed }: Changed): Parameters<typeof withFields>[1] {
  const all = (id: number, contents: readonly Uint8Array[]) =>
    Buffer.concat(contents.map((each) => fieldBytes(id, each)));
  return ({ id, content }) => {
    if (content === undefined) return undefined;
    if (id === GRAPH.node) {
      const [first] = namesIn(content, 2);
      const replaced = nodes.get(first ?? '');
      if (replaced !== undefined) return all(GRAPH.node, replaced);
      return renamed.size === 0 ? undefined : fieldBytes(GRAPH.node, withNames(content, renamed));
    }
    if (id !== GRAPH.input && id !== GRAPH.output) return undefined;
    const [name = ''] = namesIn(content, 1);
    if (id === GRAPH.input && inputs.has(name)) return fieldBytes(GRAPH.input, inputs.get(name)!);
    if (id === GRAPH.output && outputs.has(name)) return all(GRAPH.output, outputs.get(name)!);
    return undefined;
  };
}

const INPUT = 1;
const OUTPUT = 2;

function namesIn(message: Uint8Array, field: number): string[] {
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
    if (content === undefined || (id !== INPUT && id !== OUTPUT)) return undefined;
    const name = renamed.get(Buffer.from(content).toString('utf8'));
    return name === undefined ? undefined : fieldBytes(id, Buffer.from(name));
  });
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

function castNode(input: string, output: string, to: number): Uint8Array {
  const INT = 2;
  return encode('NodeProto', {
    opType: 'Cast',
    input: [input],
    output: [output],
    attribute: [{ name: 'to', type: INT, i: to }],
  });
}

function encode(type: string, message: object): Uint8Array {
  const proto = modelProto.root.lookupType(`onnx.${type}`);
  return proto.encode(proto.fromObject(message)).finish();
}

function varint(value: number): Uint8Array {
  return protobuf.Writer.create().uint32(value).finish();
}

function isStandardImport(content: Uint8Array): boolean {
  const [domain = ''] = namesIn(content, 1);
  return domain === '' || domain === 'ai.onnx';
}
