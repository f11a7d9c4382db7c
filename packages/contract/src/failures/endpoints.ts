import { catalogue } from './catalogue.ts';

/** Endpoints, inference graphs and rollouts. */
export const ENDPOINTS_FAILURES = catalogue({
  'endpoint.missing': {
    kind: 'missing',
    says: 'There is no endpoint {name}.',
    hint: '`slipway endpoints list` shows the endpoints there are.',
  },
  'endpoint.exists': {
    kind: 'conflict',
    says: 'There is an endpoint {name} already, which {serves}.',
    hint: 'Check the name of the model and of the endpoint, or choose another name for the endpoint. `slipway endpoints show {name}` tells more of the one there is.',
  },
  'endpoint.conflict': {
    kind: 'conflict',
    says: 'Endpoint {name} is at revision {found}, not {expected}.',
    hint: 'Look at what changed, then try again.',
  },
  'endpoint.no-former': {
    kind: 'conflict',
    says: 'Endpoint {name} has no previous version to roll back to.',
    hint: 'Promote a version first.',
  },
  'endpoint.bad-spec': {
    kind: 'unprocessable',
    says: 'The endpoint’s spec is not valid: {reason}.',
    hint: 'Correct the field named in `path`; `slipway endpoints show NAME --spec` prints one that works.',
  },
  'graph.missing-column': {
    kind: 'unprocessable',
    says: 'Node {node} ({model}) of the inference graph needs the column {column}.',
    hint: 'Send a value for it in every row that the node answers; null where it is missing.',
  },
  'graph.not-finite': {
    kind: 'unprocessable',
    says: 'Node {node} of the inference graph gave a prediction that is not a finite number.',
    hint: 'Look for a value in the row that is too large for a model; `?nodes=true` shows the prediction of each node.',
  },
  'graph.node-failed': {
    kind: 'unprocessable',
    says: 'Node {node} ({model}) of the inference graph cannot predict: {reason}.',
    hint: 'Correct the row; an endpoint of {model} reports the same error in full.',
  },
  'graph.model-unavailable': {
    kind: 'unavailable',
    says: 'Node {node} ({model}) of the inference graph cannot predict now: {reason}.',
    hint: 'Its process is started again automatically; try again after the time in Retry-After. Rows that the node does not answer are not affected.',
  },
  'graph.no-explanation': {
    kind: 'not-yet',
    says: '{name} is an inference graph; predictions of graphs cannot be explained.',
    hint: 'Add `?nodes=true` for the prediction of each node, or use `?explain=true` at an endpoint of one of its models.',
  },
  'graph.not-asked': {
    kind: 'unprocessable',
    says: 'Endpoint {name} serves no inference graph, so there are no nodes to show.',
    hint: 'Leave ?nodes=true out.',
  },
  'graph.unfit': {
    kind: 'unprocessable',
    says: '{name} is an inference graph, which {reason}.',
    hint: 'Name one of the models that the graph is made of; `slipway endpoints show ENDPOINT` lists them.',
  },
  'endpoint.paused': {
    kind: 'unavailable',
    says: 'Endpoint {name} is paused.',
    hint: '`slipway endpoints resume {name}` resumes it.',
  },
  'endpoint.rate-limited': {
    kind: 'busy',
    says: 'All callers of endpoint {name} together may send {limit} requests a second, and sent more.',
    hint: 'Wait as many seconds as Retry-After says, or declare a higher limit.',
  },
  'endpoint.not-ready': {
    kind: 'unavailable',
    says: 'Endpoint {name} is not ready.',
    hint: 'Try again in a moment.',
  },
  'endpoint.waking': {
    kind: 'unavailable',
    says: 'Endpoint {name} was scaled to zero, and its model did not load within {seconds} s.',
    hint: 'Send the request again: the model is loading. Set `scaling.min` to 1 to avoid cold starts.',
  },
  'endpoint.load-failed': {
    kind: 'unavailable',
    says: 'Version {version} of {name} did not load: {reason}.',
    hint: '{consequence}.',
  },
  'rollout.none': {
    kind: 'conflict',
    says: 'No version is being rolled out at endpoint {name}, and version {version} answers already.',
    hint: 'Name the version to promote.',
  },
  'dataplane.unavailable': {
    kind: 'unavailable',
    says: 'The inference process is not running: {reason}.',
    hint: 'It is restarted automatically; try again in a moment, and see `logs/control.log` if it does not come back.',
  },
  'endpoint.version-not-served': {
    kind: 'missing',
    says: 'Endpoint {name} does not serve version {version} now.',
    hint: 'Call it without a version, or one of the versions that its metadata lists.',
  },
  'endpoint.ambiguous': {
    kind: 'invalid',
    says: 'The request does not say which endpoint it is for.',
    hint: 'Send the header X-Slipway-Endpoint, or call /endpoints/NAME/invocations.',
  },
});
