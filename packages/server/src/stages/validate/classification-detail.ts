import type { TargetVector } from '../prepare/index.ts';
import { confusionOf, type DecisionRule, type Predictions } from '../train/index.ts';
import { curvesOf, thresholdTable } from './curves.ts';
import type { ClassificationDetail, ClassRow } from './model.ts';
import { reliabilityTable } from './reliability.ts';

/** Everything about classes that one number does not tell. */
export function classificationDetail(
  target: TargetVector,
  predictions: Predictions,
  classes: readonly string[],
  rule: DecisionRule,
): ClassificationDetail {
  const { counts: flat } = confusionOf(target, predictions, rule);
  const counts = classes.map((_, k) => [...flat.subarray(k * classes.length, (k + 1) * classes.length)]);
  const binary = predictions.outputs === 1;
  const curves = binary ? curvesOf(target, predictions.values) : { roc: [], precisionRecall: [] };
  return {
    confusion: { classes: [...classes], counts },
    perClass: classes.map((name, k) => classRow(name, k, counts)),
    reliability: reliabilityTable(target, predictions, rule),
    ...curves,
    thresholds: binary ? thresholdTable(target, predictions.values) : [],
  };
}

function classRow(name: string, k: number, counts: readonly number[][]): ClassRow {
  const hits = counts[k]![k]!;
  const rows = counts[k]!.reduce((sum, count) => sum + count, 0);
  const answered = counts.reduce((sum, row) => sum + row[k]!, 0);
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const others = all - rows;
  return {
    class: name,
    rows,
    precision: answered === 0 ? 0 : hits / answered,
    recall: rows === 0 ? 0 : hits / rows,
    specificity: others === 0 ? 0 : (others - answered + hits) / others,
    npv: all === answered ? 0 : (others - answered + hits) / (all - answered),
    f1: rows + answered === 0 ? 0 : (2 * hits) / (rows + answered),
  };
}
