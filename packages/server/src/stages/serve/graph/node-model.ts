import type { Tensor } from '../../pack/index.ts';
import type { ClassType, InputColumn } from '../../prepare/index.ts';
import type { CostMatrix } from '../../train/index.ts';
import type { Engine, Prediction, ProcessCall, RawRow } from '../model.ts';
import { inSlices, type Later } from './later.ts';

/** Runs the tensors through one imported model. */
export type TensorRun = (inputs: readonly Tensor[], call: ProcessCall) => Promise<Tensor[]>;

/** The model of a node: rows with its own columns in, predictions out. */
export type NodeModel = {
  inputs: readonly InputColumn[];
  classes: readonly string[];
  classType: ClassType;
  costMatrix?: CostMatrix | undefined;
  /**
   * Throws what the model says of a row, with a path such as `rows[3].age`: the place among these rows, and its own name of the
   * column.
   *
   * @param call where some nodes of the graph are imported models
   */
  predict(rows: RawRow[], call: ProcessCall | undefined): Later<Prediction[]>;
};

/** A model that is evaluated here. In a graph that waits for others, it lets them have turns too. */
export function engineModel(engine: Engine): NodeModel {
  const { inputs, classes, classType, costMatrix } = engine;
  return {
    inputs,
    classes,
    classType,
    costMatrix,
    predict(rows, call) {
      if (call?.rest === undefined) return engine.predict(rows);
      const predictions: Prediction[] = [];
      const done = inSlices(rows.length, call.rest, (from, to) => {
        predictions.push(...engine.predict(rows, from, to));
      });
      return done instanceof Promise ? done.then(() => predictions) : predictions;
    },
  };
}
