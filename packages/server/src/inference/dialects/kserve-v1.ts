import { STATUS_OF_KIND } from '@slipway/contract';
import { exactJson } from '../../kernel/index.ts';
import { predictionsOfTensors } from '../../stages/pack/index.ts';
import { predicting } from '../answer-prediction.ts';
import type { Body } from '../answers/pieces.ts';
import { predictionsBody } from '../answers/predictions-body.ts';
import { isLargeAnswer, rowPieces } from '../answers/row-pieces.ts';
import type { AskedTensors, BodyReader, TensorBodyReader } from '../asked.ts';
import { endpointsOpenTo } from '../bearer-token.ts';
import type { InferenceContext } from '../context.ts';
import { answerJson, type Exchange, JSON_TYPE } from '../exchange.ts';
import { V1_HINTS } from '../hints.ts';
import type { Predicted } from '../predicted.ts';
import { type FailureWriter, failureText } from '../problem.ts';
import { parsePythonJson, readText } from '../read-json.ts';
import { chooseRoute } from '../routing/choose-route.ts';
import type { Dialect } from './dialect.ts';
import { explanationTexts, MAX_EXPLAINED_ROWS } from './explanations.ts';
import { rowsOfInstances, rowsOfTensorInstances } from './instances.ts';
import { loggedRows } from './logged-tensors.ts';
import { tensorsOfRows } from './slipway/tensor-rows.ts';

/**
 * KServe's first protocol, which TensorFlow Serving and Vertex AI speak too: `{ "instances": [ … ] }` to
 * `{ "predictions": [ … ] }`. https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol
 */
export const kserveV1: Dialect = {
  id: 'kserve-v1',
  prefix: '/v1/',
  failure: v1Failure(),
  actions: [
    { method: 'GET', path: '/v1/models', answer: answerModels },
    { method: 'GET', path: '/v1/models/{name}', answer: answerModelReady },
    {
      method: 'POST',
      path: '/v1/models/{name}:predict',
      answer: predicting(readInstances, readTensorInstances),
      isLimited: true,
    },
    {
      method: 'POST',
      path: '/v1/models/{name}:explain',
      answer: predicting(readInstancesToExplain),
      isLimited: true,
    },
  ],
};

function v1Failure(): FailureWriter {
  return (failure) => ({
    status: STATUS_OF_KIND[failure.kind],
    contentType: JSON_TYPE,
    body: JSON.stringify({ error: failureText(failure, V1_HINTS, 'instances') }),
  });
}

/** An instance is an object of column: value, or the list of the values in the order of the columns. */
export function readInstances(
  body: Buffer,
  { route, maxRows }: Parameters<BodyReader>[1],
): ReturnType<BodyReader> {
  const parsed = parsePythonJson(readText(body));
  return {
    rows: rowsOfInstances(parsed, route.engine.inputs, maxRows),
    write: (predicted) => ({ contentType: JSON_TYPE, body: predictionsText(predicted) }),
  };
}

/** Of a model of tensors an instance is an object of tensor: value, or the value of its only tensor. */
export function readTensorInstances(
  body: Buffer,
  { route, maxRows }: Parameters<TensorBodyReader>[1],
): AskedTensors {
  const { inputs } = route.manifest;
  const rows = rowsOfTensorInstances(parsePythonJson(readText(body)), inputs, maxRows);
  return {
    inputs: tensorsOfRows(rows, route.manifest, route.modelName),
    rows: rows.length,
    write: (predicted) => {
      const { ids, outputs } = predicted;
      const { manifest } = predicted.route;
      const logged = loggedRows(rows, body.length, predicted);
      if (isLargeAnswer(outputs)) {
        const around = { head: '{"predictions":[', tail: ']}' };
        return { contentType: JSON_TYPE, body: rowPieces(around, ids, outputs, manifest), logged };
      }
      const told = predictionsOfTensors(outputs, rows.length, manifest);
      const predictions = told.map(({ score: _, ...prediction }, i) => ({ id: ids[i], ...prediction }));
      return { contentType: JSON_TYPE, body: exactJson({ predictions }), logged };
    },
  };
}

/** `{ "explanations": [ … ] }` in the order of the instances, each with what it explains. */
function readInstancesToExplain(
  body: Buffer,
  { route, maxRows }: Parameters<BodyReader>[1],
): ReturnType<BodyReader> {
  const parsed = parsePythonJson(readText(body));
  const rows = rowsOfInstances(parsed, route.engine.inputs, Math.min(maxRows, MAX_EXPLAINED_ROWS));
  return {
    rows,
    write: (predicted) => {
      const whys = () => explanationTexts(predicted, rows);
      return { contentType: JSON_TYPE, body: predictionsBody('{"explanations":[', predicted, whys) };
    },
  };
}

/** Each prediction as our own dialect tells it: `{ "id", "value", "probabilities" }`. */
function predictionsText(predicted: Predicted): Body {
  return predictionsBody('{"predictions":[', predicted);
}

/** The models that the caller's token may call. */
function answerModels(context: InferenceContext, exchange: Exchange): void {
  const open = endpointsOpenTo(exchange.headers.authorization, context.live.values());
  answerJson(exchange, 200, { models: open.map(({ name }) => name) });
}

function answerModelReady(context: InferenceContext, exchange: Exchange): void {
  chooseRoute(exchange);
  const ready = context.phase === 'ready';
  answerJson(exchange, ready ? 200 : 503, { name: exchange.endpoint!.name, ready });
}
