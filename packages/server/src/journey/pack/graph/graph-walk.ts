import { fail, type GraphCondition, type GraphTree, type SlipwayError } from '@slipway/contract';
import type { InputColumn } from '../../prepare/index.ts';
import type { BundleManifest } from '../model.ts';

/** The manifest of the model at a node. */
export type MemberManifests = ReadonlyMap<GraphTree, BundleManifest>;

export type ColumnType = InputColumn['type'];
/** What a node answers. `threshold` is null where its rows are decided at several. */
export type Answer = {
  task: BundleManifest['task'];
  target: string;
  classes: readonly string[];
  threshold: number | null;
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
