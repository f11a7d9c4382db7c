const LESS_IS_BETTER = /loss|error|rmse|rmsle|mae|mse|mape|mase|owa|wape|brier|ece|pinball|deviance/i;

/** Whether a smaller value of the metric is the better one. */
export function lessIsBetter(metric: string): boolean {
  return LESS_IS_BETTER.test(metric);
}

/** Index of the best of `values` by the metric's direction; -1 when there are not two that differ. */
export function bestIndex(metric: string, values: readonly (number | undefined)[]): number {
  const numbers = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
  if (numbers.length < 2 || numbers.every((value) => value === numbers[0])) return -1;
  return values.indexOf(lessIsBetter(metric) ? Math.min(...numbers) : Math.max(...numbers));
}
