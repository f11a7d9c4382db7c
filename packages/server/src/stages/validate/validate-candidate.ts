import { evaluateDataset } from './evaluate-dataset.ts';
import { headlineOf } from './headline-metric.ts';
import type { ValidationReport, ValidationRequest } from './model.ts';

/**
 * Measures a candidate on rows it never saw, on each dataset and slice, beside a trivial baseline and the champion on
 * the same rows. Pure: the same request gives the same report. The cost of the bootstrap is capped at 20 million row draws.
 */
export function validateCandidate(request: ValidationRequest): ValidationReport {
  return {
    format: 1,
    task: request.task,
    classes: [...request.classes],
    threshold: request.threshold,
    primaryMetric: headlineOf(request),
    ...(request.decision && { decision: request.decision }),
    datasets: request.datasets.map((dataset) => evaluateDataset(request, dataset)),
  };
}
