import { catalogue } from './catalogue.ts';

/** Predictions. */
export const PREDICTIONS_FAILURES = catalogue({
  'predict.unknown-column': {
    kind: 'unprocessable',
    says: 'The model has no column {column}.',
    hint: 'Send columns of the training table only; the model ignores those that it was not trained on.',
  },
  'predict.column-spelling': {
    kind: 'unprocessable',
    says: 'The model has no column {found}; it has {nearest}. The names differ in case, spaces, punctuation or Unicode form.',
    hint: 'Send the column as {nearest}.',
  },
  'predict.missing-column': {
    kind: 'unprocessable',
    says: 'The column {column} is required.',
    hint: 'Send a value for it in every row.',
  },
  'predict.wrong-type': {
    kind: 'unprocessable',
    says: 'The column {column} takes a {expected}, not {found}.',
    hint: 'Send it as the endpoint’s schema says.',
  },
  'predict.unseen-value': {
    kind: 'unprocessable',
    says: 'The endpoint is strict and refuses a value that training never saw: {reason}.',
    hint: 'Correct the value, train on rows that have it, or set `strict: false` in the spec of the endpoint to get a prediction with a warning.',
  },
  'predict.not-finite': {
    kind: 'unprocessable',
    says: 'The prediction for {row} is not a finite number; the cause is {cause}.',
    hint: 'Correct the value or leave it out: the model cannot compute with numbers of this size.',
  },
  'prediction.id-taken': {
    kind: 'conflict',
    says: 'The prediction id {id} belongs to a request with other rows.',
    hint: 'Use a new id for each request; repeat an id only to retry the same rows.',
  },
  'prediction.id-answered': {
    kind: 'conflict',
    says: 'The prediction {id} was made before, and its answer is not kept: {reason}.',
    hint: 'Read it in the prediction log, or send the rows with a new id.',
  },
  'prediction.id-busy': {
    kind: 'busy',
    says: 'The first request with the prediction id {id} is still in progress.',
    hint: 'Retry after the time in Retry-After.',
  },
  'predict.takes-tensors': {
    kind: 'unprocessable',
    says: 'Endpoint {name} takes tensors, which this protocol does not support.',
    hint: 'Call POST /v2/models/{name}/infer; GET /v2/models/{name} names its tensors.',
  },
  'predict.unknown-tensor': {
    kind: 'unprocessable',
    says: 'The model takes no tensor {tensor}. It takes {known}.',
    hint: 'Send these. Inputs that have a value in the model are given another one by POST /v2/models/NAME/infer.',
  },
  'predict.rows-dependent': {
    kind: 'unprocessable',
    says: 'The {rows} rows cannot be predicted in parts by {name}, because each answer may depend on the other rows ({reason}), and one request takes {limit} of one file.',
    hint: 'Send the rows that belong together as one request each. Where you know that rows are independent, set `batching: on` in the spec of an endpoint and predict with that endpoint.',
  },
  'predict.no-rows': {
    kind: 'unprocessable',
    says: 'There are no rows to predict.',
    hint: 'Send { "rows": [ { column: value } ] } with at least one row.',
  },
  'predict.too-many-rows': {
    kind: 'too-large',
    says: '{rows} rows were sent; the limit is {limit} a call.',
    hint: 'Send fewer rows at a time, or use `slipway predict` on a file.',
  },
  'predict.answer-too-large': {
    kind: 'too-large',
    says: 'The response would take at least {bytes} bytes; the limit is {limitBytes}.',
    hint: 'Send fewer rows at a time, ask for fewer outputs or for binary tensors, or raise `inference.maxAnswerBytes` and `inference.answerMemoryMegabytes`.',
  },
  'predict.no-explanation': {
    kind: 'not-yet',
    says: 'This version of the model cannot explain its answers.',
    hint: 'Train the model again; versions made from now on can.',
  },
  'predict.overloaded': {
    kind: 'busy',
    says: 'The endpoint has more requests than it can answer now.',
    hint: 'Try again after the time in Retry-After.',
  },
  'predict.rate-limited': {
    kind: 'busy',
    says: 'This token may send {limit} requests a second, and sent more.',
    hint: 'Wait as many seconds as Retry-After says, or ask for a higher limit.',
  },
  'predict.quota-spent': {
    kind: 'busy',
    says: 'This token may have {limit} rows predicted in a day (UTC); {left} are left.',
    hint: 'Send fewer rows, wait until tomorrow, or ask for a larger quota.',
  },
  'predict.too-late': {
    kind: 'unavailable',
    says: 'The time that the caller would wait was over before the answer was there.',
    hint: 'Send fewer rows at a time, or wait longer.',
  },
});
