/** What a model relies on, as validation writes it. */
export type Explanation = {
  importance: {
    metric: string;
    rows: number;
    shuffles: number;
    columns: { column: string; rise: number; standardDeviation: number }[];
  };
  attribution: { rows: number; columns: { column: string; meanAbsolute: number }[] };
  dependence: { rows: number; outputs: string[]; columns: Dependence[] };
};

export type Dependence = {
  column: string;
  type: string;
  points: { value: string | number; mean: number[]; low: number; high: number }[];
};

type Rec = Record<string, unknown>;

/** The explanation in a report, or undefined when it has none of the form that validation writes. */
export function readExplanation(report: unknown): Explanation | undefined {
  if (!isRec(report) || !isRec(report.explanation)) return undefined;
  const { importance, attribution, dependence } = report.explanation;
  const isWhole =
    hasColumns(importance) &&
    hasColumns(attribution) &&
    hasColumns(dependence) &&
    Array.isArray(dependence.outputs) &&
    (dependence.columns as unknown[]).every((one) => isRec(one) && Array.isArray(one.points));
  return isWhole ? (report.explanation as Explanation) : undefined;
}

function hasColumns(value: unknown): value is Rec {
  return isRec(value) && Array.isArray(value.columns);
}

function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
