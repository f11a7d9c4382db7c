import type { RetrainPolicy } from '@slipway/contract';
import type { RawRow } from '../serve/index.ts';

export type { RetrainPolicy } from '@slipway/contract';

/** A reason to retrain that monitoring may give. */
export type Trigger = RetrainPolicy['on'][number];

/** What is known when a policy is asked. */
export type RetrainSignals = Record<Trigger, { fired: boolean; says: string }> & {
  /** Data that looks broken rather than changed: a model trained on it would learn the fault. */
  brokenData: { fired: boolean; says: string };
  /** A version that is being rolled out: it is decided upon before another one is trained. */
  rollout: { fired: boolean; says: string };
  /** Results of earlier retrainings that were not promoted make the next one wait. */
  backoff: { fired: boolean; says: string };
  /** Performance that was measured on enough labels and is as on the hold-out: it outweighs drift. */
  performanceHolds: { fired: boolean; says: string };
  /** Since the last training of this endpoint ended, by whatever cause; null when there was none. */
  hoursSinceTraining: number | null;
  /** Labelled predictions that no training has seen. */
  freshLabels: number;
};

export type RetrainDecision = {
  /** Start a retrain by itself. */
  retrain: boolean;
  /** Ask a person to start one. */
  propose: boolean;
  /** The rule that decided. */
  rule:
    | 'off'
    | 'quiet'
    | 'broken-data'
    | 'rollout'
    | 'performance-holds'
    | 'cooldown'
    | 'backoff'
    | 'few-labels'
    | 'propose'
    | 'retrain';
  says: string;
};

/** Rows to append to the dataset, and what was left out. */
export type LabelledRows = {
  rows: RawRow[];
  /** Of each row its prediction and label. */
  labels: { predictionId: string; value: string }[];
  unlabelled: number;
  /** Labels that the target's type does not take. */
  invalid: number;
  /** Values that their column's type does not take, which are missing in the rows. */
  unfit: number;
};
