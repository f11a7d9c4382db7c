import { catalogue } from './catalogue.ts';

/** Labelling queues. */
export const LABEL_FAILURES = catalogue({
  'label.queue-missing': {
    kind: 'missing',
    says: 'There is no labelling queue {id}.',
    hint: 'See slipway label list, or open one with slipway label open.',
  },
  'label.queue-exists': {
    kind: 'conflict',
    says: 'There is a labelling queue {id} already.',
    hint: 'Give another name.',
  },
  'label.target-unfit': {
    kind: 'unprocessable',
    says: 'The column {target} of {dataset} cannot be labelled like this: {reason}.',
    hint: 'Give the choices people have, or say that labels are any number.',
  },
  'label.model-unfit': {
    kind: 'unprocessable',
    says: 'Model {model} cannot say which rows it is least sure of: {reason}.',
    hint: 'Name a classifier of the same columns, or take the rows in their order.',
  },
  'label.nothing-to-do': {
    kind: 'unprocessable',
    says: 'Every row has a value for {target} already.',
    hint: 'Append rows without it, choose another column, or ask to label again those that have one.',
  },
  'label.task-missing': {
    kind: 'missing',
    says: 'The labelling queue {queue} has no task {id}.',
    hint: '`slipway label review` lists the tasks that wait for a decision.',
  },
  'label.lease-lost': {
    kind: 'conflict',
    says: 'The labelling task {id} is not yours now.',
    hint: 'Ask for the next task; this one may have gone to another person.',
  },
  'label.closed': {
    kind: 'conflict',
    says: 'The labelling queue {id} is closed.',
    hint: 'Its labels can still be applied; open another queue to go on.',
  },
  'label.nothing-to-apply': {
    kind: 'conflict',
    says: 'The labelling queue {id} has no agreed label that its dataset does not have yet.',
    hint: 'Label more rows; open another queue for those without a majority.',
  },
});
