/** How much worse the model gets when the values of one raw column are shuffled among the rows (Breiman 2001). */
export type ColumnImportance = {
  column: string;
  /** Mean rise of the loss over the shuffles: log loss in nats, or RMSE in the unit of the target. Below 0 by chance only. */
  rise: number;
  standardDeviation: number;
};

/** Mean over rows of what a raw column adds to or takes from the margins, without its sign, summed over the outputs. */
export type ColumnAttribution = { column: string; meanAbsolute: number };

/** The mean answer when a column has this value in every row, and what nine tenths and one tenth of the rows exceed. */
export type DependencePoint = {
  /** A number, the text of a category, `true` or `false`, or a date-time in ISO 8601. */
  value: string | number;
  /** By output: the number, the probability of the positive class, or of each class. */
  mean: number[];
  /** Of the first output, over the rows. */
  low: number;
  high: number;
};

/** Partial dependence (Friedman 2001) of the answer on one raw column. */
export type ColumnDependence = { column: string; type: string; points: DependencePoint[] };

/** Words, and pairs of words in a row, of a text column that raise or lower an output most, the first the most. */
export type ColumnTerms = { column: string; outputs: { output: string; raise: string[]; lower: string[] }[] };

/** What the model relies on, measured on rows it was never trained on. */
export type ModelExplanation = {
  importance: { metric: 'log-loss' | 'rmse'; rows: number; shuffles: number; columns: ColumnImportance[] };
  attribution: { rows: number; columns: ColumnAttribution[] };
  dependence: { rows: number; outputs: string[]; columns: ColumnDependence[] };
  /** Of texts whose terms the model weighs one by one; none where there is no such text. */
  terms?: ColumnTerms[];
};
