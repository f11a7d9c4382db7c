import { catalogue } from './catalogue.ts';

/** Models: registered, imported and optimized. */
export const MODELS_FAILURES = catalogue({
  'model.missing': {
    kind: 'missing',
    says: 'There is no model {name}.',
    hint: '`slipway models list` shows the models there are.',
  },
  'model.version-missing': {
    kind: 'missing',
    says: 'Model {name} has no version {version}.',
    hint: '`slipway models show {name}` lists its versions.',
  },
  'alias.conflict': {
    kind: 'conflict',
    says: 'Alias {alias} of model {name} points at version {found}, not {expected}.',
    hint: 'Look at what changed, then try again.',
  },
  'bundle.invalid': {
    kind: 'unprocessable',
    says: 'The bundle is not valid: {reason}.',
    hint: 'Build it again; a bundle whose signature does not hold is never loaded.',
  },
  'export.image-missing': {
    kind: 'unprocessable',
    says: 'An export for Kubernetes needs the image that its pods run.',
    hint: 'Give `--image registry.example/team/name`, or set `pack.imageRegistry` for all exports.',
  },
  'parity.broken': {
    kind: 'internal',
    says: 'The exported model answers differently from the trained one on row {row}: {expected} against {got}.',
    hint: 'This is a defect of Slipway; please report it with the data schema.',
  },
  'model.not-onnx': {
    kind: 'unprocessable',
    says: 'The file {file} is no ONNX model: {reason}.',
    hint: 'Give a .onnx file, or an MLflow model’s folder with an onnx flavor; most frameworks export ONNX.',
  },
  'model.refused': {
    kind: 'unprocessable',
    says: 'The model {file} is not taken: {reason}.',
    hint: 'Export it again as one self-contained ONNX file, checked with onnx.checker.',
  },
  'model.external-data': {
    kind: 'unprocessable',
    says: 'The model {file} stores tensor data in the file {data}, which was not uploaded with it.',
    hint: "Import the folder that holds both (slipway models import FOLDER; over the API as tar or zip), or write one file: onnx.save_model(onnx.load('{file}'), '{file}', save_as_external_data=False).",
  },
  'model.pickle': {
    kind: 'unprocessable',
    says: 'The file {file} is a pickle, which could run any program while it is read.',
    hint: 'Export the model as ONNX; pickles are never opened here.',
  },
  'model.no-onnx-flavor': {
    kind: 'unprocessable',
    says: 'The MLflow model {file} has no onnx flavor; its flavors are {flavors}.',
    hint: 'Log it with mlflow.onnx.log_model.',
  },
  'model.custom-operators': {
    kind: 'unprocessable',
    says: 'The model {file} needs operators of the domain {domain} that ONNX Runtime does not have: {operators}.',
    hint: 'Export it without custom operators, or with their definitions as functions of the model.',
  },
  'model.needs-example': {
    kind: 'unprocessable',
    says: 'The model {file} took none of the inputs that were made from its shapes: {reason}.',
    hint: 'Give an input that it takes, with --example FILE.',
  },
  'model.fails': {
    kind: 'unprocessable',
    says: 'The model {file} failed while it was tried: {reason}.',
    hint: 'It ran in a process of its own and nothing was kept; run it in ONNX Runtime yourself to find out more.',
  },
  'model.refused-by-runtime': {
    kind: 'unprocessable',
    says: 'ONNX Runtime does not load the model: {reason}.',
    hint: 'Export it for an opset that the runtime knows, or choose an execution provider that this machine has.',
  },
  'model.run-failed': {
    kind: 'unprocessable',
    says: 'The model failed on this input: {reason}.',
    hint: 'Send tensors of the shapes that the model’s metadata names.',
  },
  'model.lost': {
    kind: 'unavailable',
    says: 'The process that ran the model is gone: {reason}.',
    hint: 'It is restarted automatically; send the request again.',
  },
  'model.resting': {
    kind: 'unavailable',
    says: 'The process of the model of endpoint {name} crashed {deaths} times in a row; the circuit breaker is open.',
    hint: 'Send the request again after the time in Retry-After; if it keeps crashing, go back to the version before with `slipway rollback`.',
  },
  'model.made-elsewhere': {
    kind: 'unprocessable',
    says: 'Model {name} was not trained here: it was imported or is an inference graph, so there is no training data to compare with or to train on again.',
    hint: 'Import a newer version of it, declare the graph again with newer versions of its models, or ship a model from a table.',
  },
  'model.exists': {
    kind: 'conflict',
    says: 'There is a model {name} already, and it is of another kind: {reason}.',
    hint: 'Choose another --name.',
  },
  'optimize.unfit': {
    kind: 'unprocessable',
    says: 'The model cannot be optimized: {reason}.',
    hint: 'Models of trees, linear terms and networks that were trained here can be, and imported ONNX graphs.',
  },
  'optimize.no-data': {
    kind: 'unprocessable',
    says: 'There is no data to evaluate compressed variants of {name} on: {reason}.',
    hint: 'Give some with --on FILE; see docs/optimize.md for the forms that it may have.',
  },
  'optimize.bad-data': {
    kind: 'unprocessable',
    says: 'The data does not fit the model: {reason}.',
    hint: 'Give a table with the model’s columns, or an .npz or JSON file with its tensors and `labels`.',
  },
  'model.other-target': {
    kind: 'conflict',
    says: 'The model {name} predicts {predicts}, and its versions cannot predict {target}.',
    hint: 'If {predicts} is meant, correct the target. To predict {target} too, give its model a name of its own: --name NAME.',
  },
});
