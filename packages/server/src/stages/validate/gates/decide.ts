import type { DatasetReport, Evidence, Gate, GateResult } from '../model.ts';

export type GateOf<Kind extends Gate['kind']> = Extract<Gate, { kind: Kind }> & Gate;

/** Decides one gate on the dataset it names (the first unless told); set and rows are those of the dataset unless given. */
export type Decide<Kind extends Gate['kind']> = (
  gate: GateOf<Kind>,
  dataset: DatasetReport,
  evidence: Evidence,
) => Omit<GateResult, 'id'>;
