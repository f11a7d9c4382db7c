import { fail } from '@slipway/contract';
import protobuf from 'protobufjs/light.js';
import { NEWEST_READ, NEWEST_RUN } from '../model.ts';
import { encode, graphEdits, namesIn } from './graph-edits.ts';
import { fieldBytes, withFields } from './message-bytes.ts';
import { decodeOutline, type RawModel, type RawNode } from './outline-schema.ts';
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

/** Fields of ModelProto. */
const MODEL = { irVersion: 1, graph: 7, opsetImport: 8 };

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
export function adaptModel(model: Uint8Array, file: string, maxNodes?: number): AdaptedModel {
  scanOnnx(model, file, maxNodes);
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

function varint(value: number): Uint8Array {
  return protobuf.Writer.create().uint32(value).finish();
}

function isStandardImport(content: Uint8Array): boolean {
  const [domain = ''] = namesIn(content, 1);
  return domain === '' || domain === 'ai.onnx';
}
