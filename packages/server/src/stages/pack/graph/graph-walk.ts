import { fail, type GraphCondition, type GraphTree, type SlipwayError } from '@slipway/contract';
import type { InputColumn } from '../../prepare/index.ts';
import type { CostMatrix } from '../../train/index.ts';
import type { BundleManifest } from '../model.ts';

/** What a graph needs to know of the model at a node. */
export type MemberShape = Pick<
  BundleManifest,
  'task' | 'target' | 'classes' | 'decision' | 'inputs' | 'others' | 'missingWords' | 'form'
> & {
  /** No dataset of an imported model is known: it has no missing-value words and no form of files. */
  isImported?: true;
};
export type MemberManifests = ReadonlyMap<GraphTree, MemberShape>;

export type ColumnType = InputColumn['type'];
/** What a node answers. `threshold` is null where its rows are decided at several, and `costMatrix` where they are decided by several. */
export type Answer = {
  task: BundleManifest['task'];
  target: string;
  classes: readonly string[];
  threshold: number | null;
  /** Of several classes, in their order; left out where the most probable one is answered. */
  costMatrix?: CostMatrix | null | undefined;
  /** Columns of the caller that every row needs. */
  required: ReadonlySet<string>;
};
/** The columns that a node sees: the caller's unless closed, and those that earlier nodes gave. */
export type Scope = { isOpen: boolean; given: ReadonlyMap<string, { type: ColumnType; by: string }> };
type Taken = Omit<InputColumn, 'nullable'> & { by: string };

export type Walk = {
  members: MemberManifests;
  taken: Map<string, Taken>;
  /** Columns given beside the caller's, with the place in the spec. */
  added: Map<string, string>;
  conditions: { condition: Exclude<GraphCondition, { of: unknown }>; scope: Scope; at: string }[];
  thresholds: Map<string, number>;
  notes: string[];
};

/** A fault of a graph, with the field's path in the spec. */
export function bad(reason: string, path: string): SlipwayError {
  return fail('endpoint.bad-spec', { reason }, { path });
}
