import type { FailureKind } from '@slipway/contract';
import { predicting } from '../../answer-prediction.ts';
import type { BodyReader } from '../../asked.ts';
import { type InferenceContext, isReady } from '../../context.ts';
import { answer, type Exchange, JSON_TYPE } from '../../exchange.ts';
import { MLFLOW_HINTS } from '../../hints.ts';
import type { ColumnRoute } from '../../load-route.ts';
import { type FailureWriter, failureText, statusOf } from '../../problem.ts';
import { checkJsonType, isTypeInUtf8, parsePythonJson, readText } from '../../read-json.ts';
import type { RequestHeaders } from '../../request-headers.ts';
import { chooseRoute } from '../../routing/choose-route.ts';
import type { Dialect } from '../dialect.ts';
import { castRows } from './cast-rows.ts';
import { type CsvOptions, csvText, readCsv } from './read-csv.ts';
import { readFrame } from './read-frame.ts';
import { recordsText } from './records-text.ts';

/** The version of MLflow whose scoring protocol this is. */
const MLFLOW_VERSION = '3.17.2';

const scoring = {
  method: 'POST',
  answer: predicting(readScoring),
  isLimited: true,
  checkMedium,
} as const;

/**
 * MLflow's scoring protocol, below each endpoint and, for the one endpoint that a header or the token tells, at the
 * bare paths that Amazon SageMaker calls too. https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/
 */
export const mlflow: Dialect = {
  id: 'mlflow',
  failure: mlflowFailure(),
  actions: [
    { ...scoring, path: '/endpoints/{name}/invocations' },
    { ...scoring, path: '/invocations', isAboutEndpoint: true },
    { method: 'GET', path: '/endpoints/{name}/ping', answer: answerEndpointPing },
    { method: 'GET', path: '/endpoints/{name}/health', answer: answerEndpointPing },
    { method: 'GET', path: '/endpoints/{name}/version', answer: answerVersion },
    { method: 'GET', path: '/ping', answer: answerPing },
    { method: 'GET', path: '/version', answer: answerVersion },
  ],
};

function checkMedium(headers: RequestHeaders): void {
  if (headers.contentType === undefined || !isTypeInUtf8(headers.contentType, 'text/csv'))
    checkJsonType(headers);
}

function readScoring(
  body: Buffer,
  { route, headers, maxRows }: Parameters<BodyReader>[1],
): ReturnType<BodyReader> {
  const { engine } = route;
  const isCsv = headers.contentType !== undefined && isTypeInUtf8(headers.contentType, 'text/csv');
  const frame = isCsv
    ? readCsv(csvText(body), maxRows, csvOptions(route))
    : readFrame(parsePythonJson(readText(body)), maxRows);
  return {
    rows: castRows(frame, engine.columns),
    write: (predicted) => ({ contentType: JSON_TYPE, body: recordsText(engine, predicted) }),
  };
}

/** A header is told by the columns that a row may hold. */
function csvOptions({ engine: { columns }, manifest: { form } }: ColumnRoute): CsvOptions {
  return {
    delimiter: form?.format === 'csv' ? form.delimiter : undefined,
    names: new Set([...columns.inputs, ...columns.others].map(({ name }) => name)),
  };
}

/** SageMaker asks here whether the container is well. */
function answerPing(context: InferenceContext, exchange: Exchange): void {
  answer(exchange, isReady(context) ? 200 : 503, JSON_TYPE, '\n');
}

function answerEndpointPing(context: InferenceContext, exchange: Exchange): void {
  chooseRoute(exchange);
  answer(exchange, context.phase === 'ready' ? 200 : 503, JSON_TYPE, '\n');
}

function answerVersion(_context: InferenceContext, exchange: Exchange): void {
  answer(exchange, 200, 'text/plain; charset=utf-8', MLFLOW_VERSION);
}

/** MLflow's words for what went wrong, where it has some. */
const ERROR_CODES: Partial<Record<FailureKind, string>> = {
  unauthenticated: 'UNAUTHENTICATED',
  forbidden: 'PERMISSION_DENIED',
  missing: 'RESOURCE_DOES_NOT_EXIST',
  unprocessable: 'INVALID_PARAMETER_VALUE',
  busy: 'REQUEST_LIMIT_EXCEEDED',
  unavailable: 'TEMPORARILY_UNAVAILABLE',
  internal: 'INTERNAL_ERROR',
  'not-yet': 'NOT_IMPLEMENTED',
};

function mlflowFailure(): FailureWriter {
  return (failure) => {
    const status = statusOf(failure, { unprocessable: 400 });
    const error_code = ERROR_CODES[failure.kind] ?? 'BAD_REQUEST';
    return {
      status,
      contentType: JSON_TYPE,
      body: JSON.stringify({ error_code, message: failureText(failure, MLFLOW_HINTS) }),
    };
  };
}
