import type { InputColumn } from '../../prepare/index.ts';
import {
  type ElementType,
  hasOpenRows,
  rowAnalysisOf,
  sizeOf,
  type TensorManifest,
  type TensorSpec,
} from '../imported/model.ts';
import { predictionsOfTensors } from '../imported/predictions-of-tensors.ts';
import { unstored } from '../imported/try-model.ts';
import { bad, type MemberShape } from './graph-walk.ts';

/** A tensor that is made of columns, in their order. */
export type FedTensor = { spec: TensorSpec; columns: readonly string[] };

/** An imported model as a node of a graph sees it: columns in, a class with probabilities or a number out. */
export type ImportedMember = MemberShape & { feeds: readonly FedTensor[] };

/** The node that names an imported model. */
export type ImportedNode = {
  /** For messages, such as `node risk/net names net@1, an imported ONNX model`. */
  says: string;
  /** Where the node stands in the spec. */
  at: string;
  features: readonly string[] | null;
};

/**
 * How an imported model takes part in a graph: each tensor [rows] or [rows, 1] is the column of its name, and one tensor
 * [rows, k] is made of the columns that the node lists under `features`.
 *
 * Throws `endpoint.bad-spec` for a model of which rows are not proven to answer for themselves, whose tensors are not made of
 * columns, or whose answers are no class with probabilities and no number.
 */
export function importedMember(manifest: TensorManifest, node: ImportedNode): ImportedMember {
  const path = `${node.at}.model`;
  const refuse = (reason: string) => bad(`${node.says}, ${reason}`, path);
  const analysis = rowAnalysisOf(manifest);
  if (!analysis.independent)
    throw refuse(
      `whose rows are not proven independent: ${analysis.reason}. A graph runs the rows of several callers together; deploy the model to an endpoint of its own`,
    );
  if (!hasOpenRows([...manifest.inputs, ...manifest.outputs]))
    throw refuse(
      'which takes a fixed number of rows; export it with an open first axis (dynamic axes) and import that',
    );
  const { task, classes } = answersOf(manifest, refuse);
  const feeds = feedsOf(manifest, node, refuse);
  const { target, classType } = manifest;
  return {
    isImported: true,
    task,
    target,
    classes,
    decision: { threshold: 0.5 },
    inputs: feeds.flatMap(({ spec, columns }) => columns.map((name) => columnOf(name, spec))),
    others: [{ name: target, type: task === 'regression' ? 'number' : CLASS_COLUMN[classType ?? 'string'] }],
    feeds,
  };
}

type Refuse = (reason: string) => Error;

const CLASS_COLUMN = { string: 'string', integer: 'number', boolean: 'boolean' } as const;
const COLUMN_TYPE: Partial<Record<ElementType, 'string' | 'boolean'>> = { string: 'string', bool: 'boolean' };

/** Floating point has a value for what is missing, other types have none. */
function columnOf(name: string, { type }: TensorSpec): InputColumn {
  return { name, type: COLUMN_TYPE[type] ?? 'number', nullable: type.startsWith('float') };
}

function feedsOf(manifest: TensorManifest, node: ImportedNode, refuse: Refuse): FedTensor[] {
  const { inputs } = manifest;
  const [only] = inputs;
  if (only === undefined) throw refuse('which takes no tensor');
  if (inputs.length === 1 && isMatrix(only)) return [{ spec: only, columns: featuresOf(manifest, node) }];
  const stray = inputs.find((spec) => !isColumn(spec));
  if (stray !== undefined)
    throw refuse(
      `whose tensor ${stray.name} has the shape ${shapeText(stray)}; a model of a graph takes one tensor [rows, features], or tensors of one value a row`,
    );
  if (node.features !== null) {
    const reason = `${node.says}, whose tensors are columns already (${inputs.map(({ name }) => name).join(', ')}); leave features out, and map names with columns`;
    throw bad(reason, `${node.at}.features`);
  }
  return inputs.map((spec) => ({ spec, columns: [spec.name] }));
}

function shapeText({ shape }: TensorSpec): string {
  return shape === null ? 'unknown' : `[${shape.map((axis) => (axis === '' ? '?' : axis)).join(', ')}]`;
}

function isColumn({ shape }: TensorSpec): boolean {
  return shape !== null && (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
}

function isMatrix({ shape }: TensorSpec): boolean {
  return shape?.length === 2 && shape[1] !== 1;
}

/** Throws `endpoint.bad-spec` where the node lists no columns, or another number than the tensor has. */
function featuresOf({ inputs: [spec], golden }: TensorManifest, node: ImportedNode): readonly string[] {
  const axis = spec!.shape![1]!;
  const size = typeof axis === 'number' ? axis : golden.inputs[0]?.shape[1];
  const count = size === undefined ? 'its' : String(size);
  if (node.features === null) {
    const reason = `${node.says}, which takes one tensor ${spec!.name} ${shapeText(spec!)}; list the ${count} columns that it is made of, in their order, such as features: [age, income]`;
    throw bad(reason, `${node.at}.features`);
  }
  const given = node.features.length;
  if (size === undefined || given === size) return node.features;
  throw bad(
    `${node.says}, whose tensor ${spec!.name} has ${size} features, and ${given} columns are listed`,
    `${node.at}.features`,
  );
}

const LABELS_WAY =
  'import the file again with --task binary or multiclass and --labels FILE (a line for each class)';

/** Throws `endpoint.bad-spec` where rows get no class with probabilities, and no number. */
function answersOf(manifest: TensorManifest, refuse: Refuse): Pick<MemberShape, 'task' | 'classes'> {
  const { task, classes, outputs } = manifest;
  if (task === 'tensor' && classes.length === 0)
    throw refuse(
      `whose answers have no known meaning (task tensor, no classes); ${LABELS_WAY}, or with --task regression`,
    );
  if (task === 'regression') {
    const value = outputs.find(({ name }) => name === (manifest.label ?? outputs[0]?.name));
    if (value !== undefined && isColumn(value) && COLUMN_TYPE[value.type] === undefined)
      return { task, classes: [] };
    throw refuse(`whose output ${value?.name ?? 'of the value'} is not one number a row`);
  }
  if (classes.length < 2) throw refuse(`whose classes are not known; ${LABELS_WAY}`);
  if (!hasScores(manifest))
    throw refuse(
      `which has no output with a probability for each of its ${classes.length} classes; export it with probabilities (of scikit-learn: a classifier with predict_proba), and ${LABELS_WAY}`,
    );
  if (!givesProbabilities(manifest))
    throw refuse(
      'whose scores are no probabilities: those of a row do not sum to 1; export it with probabilities (a softmax as last layer, or predict_proba)',
    );
  // What two classes were imported as, `multiclass` too, they are decided as two.
  return { task: classes.length === 2 ? 'binary' : 'multiclass', classes: [...classes] };
}

function hasScores({ classes, outputs, scores }: TensorManifest): boolean {
  return outputs.some(({ name, type, shape }) => {
    const inner = shape?.slice(1) ?? [];
    const size = inner.every((axis) => typeof axis === 'number') ? sizeOf(inner as number[]) : classes.length;
    return (
      inner.length > 0 &&
      type.startsWith('float') &&
      size === classes.length &&
      (scores === undefined || scores === name)
    );
  });
}

/** Whether the answers that were kept from the import have probabilities; true where none were kept. */
function givesProbabilities(manifest: TensorManifest): boolean {
  const outputs = manifest.golden.outputs.map(unstored);
  const rows = outputs[0]?.shape[0] ?? 0;
  if (rows === 0) return true;
  return predictionsOfTensors(outputs, rows, manifest).every(
    ({ probabilities }) => probabilities !== undefined,
  );
}
