import type { TaskName } from '@slipway/contract';

/** A real table and what a sensible pipeline run makes of it. */
export type RealSet = {
  file: string;
  /** What is odd about it. */
  kind: string;
  target: string;
  task: TaskName;
  rows: number;
  columns: number;
  /** Primary metric and a value that is well below what any sound model reaches, and well above the baseline. */
  metric: string;
  least: number;
  options?: readonly string[];
};

export const REAL_SETS: readonly RealSet[] = [
  {
    file: 'telco_churn.csv',
    kind: 'words and numbers',
    target: 'Churn',
    task: 'binary',
    rows: 7043,
    columns: 21,
    metric: 'roc-auc',
    least: 0.82,
  },
  {
    file: 'titanic.csv',
    kind: 'quoted commas, many missing values, a target of 0 and 1',
    target: 'Survived',
    task: 'binary',
    rows: 891,
    columns: 12,
    metric: 'roc-auc',
    least: 0.8,
  },
  {
    file: 'satellite_statlog.csv',
    kind: 'a byte order mark, six classes',
    target: 'Class',
    task: 'multiclass',
    rows: 6435,
    columns: 37,
    metric: 'accuracy',
    least: 0.87,
  },
  {
    file: 'concrete_strength.csv',
    kind: 'few rows, a number to predict',
    target: 'strength',
    task: 'regression',
    rows: 1030,
    columns: 9,
    metric: 'r2',
    least: 0.85,
  },
  {
    file: 'california_housing.csv',
    kind: 'places, missing values, large numbers',
    target: 'median_house_value',
    task: 'regression',
    rows: 20_640,
    columns: 10,
    metric: 'r2',
    least: 0.75,
  },
  {
    file: 'bank_marketing_full.csv',
    kind: 'semicolons and quotes',
    target: 'y',
    task: 'binary',
    rows: 45_211,
    columns: 17,
    metric: 'roc-auc',
    least: 0.9,
  },
  {
    file: 'credit_default_taiwan.csv',
    kind: 'bare carriage returns, dots in a name',
    target: 'default.payment.next.month',
    task: 'binary',
    rows: 30_000,
    columns: 25,
    metric: 'roc-auc',
    least: 0.74,
  },
  {
    file: 'bike_sharing_hour.csv',
    kind: 'dates in order, columns that are known only afterwards',
    target: 'cnt',
    task: 'regression',
    rows: 17_379,
    columns: 17,
    metric: 'r2',
    least: 0.5,
    options: ['--time', 'dteday', '--exclude', 'casual,registered'],
  },
];
