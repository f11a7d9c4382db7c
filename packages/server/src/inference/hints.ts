import { type FailureCode, ownValue, type SlipwayError } from '@slipway/contract';

/** What to do next in the words of a protocol, where the catalogue's hint is for another way of calling. */
export type Hints = Partial<Record<FailureCode, string>>;

const TOKEN =
  '`slipway endpoints token NAME` creates one; an exported container accepts the lines of its token file (SLIPWAY_TOKEN_FILE). API keys and the owner key are for the control plane only.';

const ANY_PROTOCOL: Hints = {
  'access.unauthenticated': `Send \`Authorization: Bearer <token>\` with a token of the endpoint; ${TOKEN}`,
  'access.forbidden': `Send a token of this endpoint; ${TOKEN}`,
  'access.foreign-host':
    'Call the address at which the data plane listens, or add the name to `http.allowedHosts`.',
  'route.missing': 'GET /endpoints/NAME/openapi.json tells the paths of an endpoint.',
  'endpoint.missing': '`slipway endpoints list` shows the endpoints; check the name in the path.',
};

/** Failures of protocols without a field for the path have it in their text. */
const AS_TEXT: Hints = { ...ANY_PROTOCOL, 'request.invalid': 'Correct it and send the request again.' };

export const REST_HINTS: Hints = ANY_PROTOCOL;

export const V2_HINTS: Hints = {
  ...AS_TEXT,
  'request.invalid': 'GET /v2/models/NAME lists the tensors with their datatypes and shapes.',
  'request.bad-json':
    'Send one JSON document, UTF-8 encoded, with its length in Inference-Header-Content-Length where binary tensors follow it.',
  'route.missing': 'GET /v2/models/NAME describes a model; POST /v2/models/NAME/infer predicts.',
  'predict.no-rows': 'Send a tensor of the shape [N] for each column in "inputs".',
  'predict.wrong-type': 'GET /v2/models/NAME lists the datatype of each tensor.',
  'predict.unknown-column': 'GET /v2/models/NAME lists the names of the tensors.',
  'predict.missing-column': 'Send a tensor of that name with a value for every row.',
};

export const GRPC_HINTS: Hints = {
  ...V2_HINTS,
  'access.unauthenticated': `Send the metadata \`authorization: Bearer <token>\` with a token of the endpoint; ${TOKEN}`,
  'request.invalid': 'ModelMetadata lists the tensors with their datatypes and shapes.',
  'route.missing': 'ModelMetadata describes a model; ModelInfer predicts.',
  'predict.wrong-type': 'ModelMetadata lists the datatype of each tensor.',
  'predict.unknown-column': 'ModelMetadata lists the names of the tensors.',
  'predict.takes-tensors': 'ModelMetadata names its tensors.',
};

export const MLFLOW_HINTS: Hints = {
  ...AS_TEXT,
  'request.unsupported-media': 'Send application/json or text/csv.',
  'predict.no-rows':
    'Send at least one row as dataframe_split, dataframe_records, instances or inputs, or as CSV with a heading.',
  'predict.wrong-type':
    'Send it in the type that the signature of the model has, or as text in the form of the dataset.',
};

export const V1_HINTS: Hints = {
  ...AS_TEXT,
  'route.missing': 'POST /v1/models/NAME:predict predicts; GET /v1/models lists the models.',
  'predict.no-rows': 'Send { "instances": [ { column: value } ] } with at least one instance.',
};

/** The hint of a failure in a protocol. */
export function hintIn(hints: Hints, failure: SlipwayError): string {
  return ownValue(hints, failure.code) ?? failure.hint;
}
