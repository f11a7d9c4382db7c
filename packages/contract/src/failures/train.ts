import { catalogue } from './catalogue.ts';

/** Training, validation and gates. */
export const TRAIN_FAILURES = catalogue({
  'group.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to group rows by.',
    hint: 'Its columns are: {columns}.',
  },
  'group.too-few': {
    kind: 'unprocessable',
    says: 'The column {column} parts the rows into {groups} groups; at least {least} are needed.',
    hint: 'Choose a column with more values, such as the customer or the patient, or leave --group out.',
  },
  'recency.unfit': {
    kind: 'unprocessable',
    says: 'The recency of the retraining does not fit {dataset}: {reason}.',
    hint: 'Choose a longer window or a half-life, name a time column with --recent-by, or retrain with --all-rows.',
  },
  'weight.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to weigh rows by.',
    hint: 'Its columns are: {columns}.',
  },
  'weight.unfit': {
    kind: 'unprocessable',
    says: 'The column {column} cannot weigh the rows of {dataset}: {reason}.',
    hint: 'Weights are numbers from 0 up, one for each row; choose another column or leave --weight out.',
  },
  'metric.unfit': {
    kind: 'unprocessable',
    says: 'The metric {metric} does not apply to a {task} task.',
    hint: 'Choose one of: {known}.',
  },
  'costs.unfit': {
    kind: 'unprocessable',
    says: 'The costs do not fit a {task} model: {reason}.',
    hint: 'Name classes of several as TRUE:PREDICTED=COST, such as cat:dog=5; leave the costs out for numbers and forecasts.',
  },
  'costs.class-missing': {
    kind: 'unprocessable',
    says: 'The costs name the class {class}, which {target} does not have.',
    hint: 'Nearest is {nearest}. The classes are {known}.',
  },
  'costs.one-answer': {
    kind: 'unprocessable',
    says: 'With these costs answering {class} never costs more than another answer, so that every row would be answered so.',
    hint: 'Give the wrong answer {class} a cost above the right answers of other classes.',
  },
  'threshold.unfit': {
    kind: 'unprocessable',
    says: 'A threshold is of binary models; a {task} model does not answer by a threshold.',
    hint: 'Leave the threshold out: endpoints answer with the most probable of several classes, and with the number itself.',
  },
  'metric.undefined': {
    kind: 'unprocessable',
    says: 'The metric {metric} is not defined on this target.',
    hint: 'MAPE needs a target without zeros, RMSLE one above -1, and areas under curves both classes; choose another metric.',
  },
  'gate.unreadable': {
    kind: 'invalid',
    says: 'The gate {gate} cannot be read: {reason}.',
    hint: 'Write it as METRIC>=NUMBER [on SET] [where COLUMN=VALUE] [by COLUMN], such as "recall>=0.7 on orders-march".',
  },
  'gate.metric-unknown': {
    kind: 'unprocessable',
    says: 'The gate {gate} names the metric {metric}, which a {task} model does not have.',
    hint: 'Choose one of: {known}.',
  },
  'gate.set-unknown': {
    kind: 'unprocessable',
    says: 'The gate {gate} names the set {set}, which the model is not validated on.',
    hint: 'Add the dataset with --validate-on (`validateOn`), or name one of: {known}.',
  },
  'gate.column-missing': {
    kind: 'unprocessable',
    says: 'The gate {gate} names the column {column}, which {dataset} does not have.',
    hint: 'Its columns are: {columns}.',
  },
  'gate.value-unfit': {
    kind: 'unprocessable',
    says: 'The gate {gate} compares {column}, a column of {type} values, with {value}.',
    hint: 'Compare numbers with a number, times with an ISO 8601 time, booleans with true or false, and texts by = and != only.',
  },
  'validation.unfit': {
    kind: 'unprocessable',
    says: 'The model cannot be validated on {dataset}: {reason}.',
    hint: '`slipway data show {dataset}` shows its columns; a set needs the target and the columns that the model takes.',
  },
  'train.needs-memory': {
    kind: 'too-large',
    says: 'Training on the {rows} rows of {dataset} needs {neededMegabytes} MiB of memory; {limitMegabytes} MiB are allowed.',
    hint: 'Raise `work.trainingMemoryMegabytes`, or give a dataset with fewer rows or columns.',
  },
  'train.learner-unknown': {
    kind: 'unprocessable',
    says: 'There is no learner {learner} for this task.',
    hint: 'Choose one of: {known}.',
  },
  'train.learner-needed': {
    kind: 'invalid',
    says: 'The field {field} says nothing without a learner.',
    hint: 'Name the learner that it is of, such as boosted-trees.',
  },
  'train.params-invalid': {
    kind: 'invalid',
    says: 'The parameter {name} cannot be fixed so: {reason}.',
    hint: 'Names and meanings follow LightGBM where it has them; what is left out keeps its default.',
  },
  'train.space-invalid': {
    kind: 'invalid',
    says: 'The parameter {name} cannot be searched so: {reason}.',
    hint: 'A space looks like { "leaves": { "low": 8, "high": 128, "log": true }, "extraTrees": [true, false] }.',
  },
});
