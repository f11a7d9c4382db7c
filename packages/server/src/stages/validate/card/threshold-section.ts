import { escapeMarkdown as text } from '../escape-markdown.ts';
import { figure } from '../gates/figures.ts';
import type { ValidationReport } from '../model.ts';
import { amount } from './in-words.ts';
import { section } from './markdown.ts';

/** From which probability on the positive class is answered, or by which costs one of several, and why. */
export function thresholdSection(report: ValidationReport): string {
  if (report.task === 'multiclass') return costSection(report);
  if (report.task !== 'binary') return '';
  const yes = text(report.classes[1] ?? 'the positive class');
  const costs = report.datasets[0]?.expectedCosts;
  return section('When it answers', [
    `It answers ${yes} from a probability of ${figure(report.threshold)} on. ${report.decision?.says ?? ''}`.trim(),
    costs &&
      `On the hold-out the answers cost ${amount(costs.chosen)} per 1,000 rows; at a threshold of 0.5 they would cost ${amount(costs.half)}, always answering ${yes} ${amount(costs.alwaysPositive)}, and never ${amount(costs.alwaysNegative)}.`,
  ]);
}

/** Why which of several classes is answered, where that is not the most probable one. */
function costSection({ decision, datasets }: ValidationReport): string {
  if (decision?.costMatrix === undefined) return '';
  const costs = datasets[0]?.expectedClassCosts;
  return section('What it answers', [
    text(decision.says),
    costs &&
      `On the hold-out the answers cost ${amount(costs.chosen)} per 1,000 rows; always answering the most probable class would cost ${amount(costs.mostProbable)}, and always answering ${text(costs.always.class)}, the cheapest constant answer, ${amount(costs.always.cost)}.`,
  ]);
}
