import type { FeatureSpec, MadeFeature } from './model.ts';

/** Whether the feature was made of columns because it pays. */
export function isMade(spec: FeatureSpec): spec is MadeFeature {
  return spec.kind === 'lookup' || spec.kind === 'cross' || spec.kind === 'arithmetic';
}

/** The raw columns that a feature is made of, each once. */
export function columnsOf(spec: FeatureSpec): readonly string[] {
  if (!isMade(spec)) return [spec.column];
  return [...new Set(spec.of.map(({ column }: { column: string }) => column))];
}
