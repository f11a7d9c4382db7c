import { catalogue } from './catalogue.ts';

/** Monitoring, labels of predictions and retraining. */
export const MONITOR_FAILURES = catalogue({
  'monitor.no-traffic': {
    kind: 'unprocessable',
    says: 'Endpoint {name} has answered no prediction in this window.',
    hint: 'Send some predictions first, or widen the window.',
  },
  'labels.column-missing': {
    kind: 'unprocessable',
    says: 'The file {file} has no column {column}; its columns are {columns}.',
    hint: 'Give a file with the columns id (of the prediction) and value (the actual outcome), or what slipway predict wrote and the target beside it.',
  },
  'labels.all-refused': {
    kind: 'unprocessable',
    says: 'None of the {labels} labels was taken. {first}.',
    hint: 'Send labels as the dataset has the target, with the time at which they were observed or without one. `refusals` in the details lists each.',
  },
  'labels.wrong-type': {
    kind: 'unprocessable',
    says: 'The label {value} is not one the target can take.',
    hint: 'Send {expected}.',
  },
});
