import { catalogue } from './catalogue.ts';

/** The target of a training. */
export const TARGET_FAILURES = catalogue({
  'task.unsupported': {
    kind: 'invalid',
    says: 'The task {task} is not supported; supported are {supported}.',
    hint: '{instead} `docs/lifecycle.md` lists the tasks that are supported and those that are not.',
  },
  'target.needed': {
    kind: 'invalid',
    says: 'No target is named: every model predicts one column.',
    hint: 'Name the column to predict with --target. Without one, clustering and anomaly detection are not supported: label some rows with `slipway label open` first; drift of traffic is reported by `slipway monitor`.',
  },
  'target.several': {
    kind: 'invalid',
    says: 'One model predicts one target, not several: {targets}.',
    hint: 'Train one model for each target, and leave the other targets out with --exclude. To predict a combination of columns, add a column that holds it.',
  },
  'target.missing': {
    kind: 'unprocessable',
    says: 'There is no column {target} in {dataset}.',
    hint: 'Its columns are: {columns}.',
  },
  'exclude.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to leave out.',
    hint: 'Its columns are: {columns}.',
  },
  'fairness.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} whose groups could be compared.',
    hint: 'Its columns are: {columns}.',
  },
  'leakage.column-missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to allow in spite of leakage.',
    hint: 'Its columns are: {columns}.',
  },
  'target.constant': {
    kind: 'unprocessable',
    says: 'The target {target} has the same value in every row, so there is nothing to learn.',
    hint: 'Choose a target that varies.',
  },
  'target.all-null': {
    kind: 'unprocessable',
    says: 'The target {target} is missing in every row.',
    hint: 'Choose a target that is filled, or label some rows first.',
  },
  'target.too-many-classes': {
    kind: 'unprocessable',
    says: 'The target {target} has {classes} distinct classes; the limit is {limit}.',
    hint: 'Use --task regression for a number, or group the rare classes.',
  },
  'target.too-few-rows': {
    kind: 'unprocessable',
    says: 'Only {rows} rows have a value for {target}; at least {least} are needed.',
    hint: 'Collect or label more rows.',
  },
  'target.not-numeric': {
    kind: 'unprocessable',
    says: 'The target {target} is not a number, so the task cannot be regression.',
    hint: 'Use --task binary or --task multiclass.',
  },
  'target.not-binary': {
    kind: 'unprocessable',
    says: 'The target {target} has {classes} classes, so the task cannot be binary.',
    hint: 'Use --task multiclass.',
  },
  'target.changed': {
    kind: 'unprocessable',
    says: 'The target {target} does not fit version {version}, which was trained as {task}: {reason}.',
    hint: 'The endpoint answers as before. Take wrong rows back with `slipway data rollback {dataset}`, or train another model on the new target: `slipway ship {dataset} --target {target} --name NAME`.',
  },
  'columns.none-usable': {
    kind: 'unprocessable',
    says: 'No column of {dataset} can be used to predict {target}: {reasons}.',
    hint: 'Add columns that are neither identifiers nor constant. --allow-leakage COLUMN keeps a copy of the target that is known when a prediction is made.',
  },
  'time.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} of dates or numbers in {dataset} to order rows by.',
    hint: 'Its columns that could are: {columns}.',
  },
});
