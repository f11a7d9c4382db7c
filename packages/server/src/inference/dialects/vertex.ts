import { predicting } from '../answer-prediction.ts';
import { type InferenceContext, isReady } from '../context.ts';
import { answerJson, type Exchange } from '../exchange.ts';
import type { Dialect } from './dialect.ts';
import { kserveV1, readInstances, readTensorInstances } from './kserve-v1.ts';

/** Where Vertex AI calls a container: it says so in `AIP_HEALTH_ROUTE` and `AIP_PREDICT_ROUTE`. */
export type VertexRoutes = { health: string; predict: string };

/**
 * Vertex AI's prediction containers: KServe's first protocol at paths of Vertex's choice, for the one endpoint there
 * is. https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements
 */
export function vertexDialect(routes: VertexRoutes): Dialect {
  const predict = predicting(readInstances, readTensorInstances);
  return {
    id: 'vertex',
    failure: kserveV1.failure,
    actions: [
      { method: 'GET', path: routes.health, answer: answerHealth },
      { method: 'POST', path: routes.predict, answer: predict, isAboutEndpoint: true, isLimited: true },
    ],
  };
}

function answerHealth(context: InferenceContext, exchange: Exchange): void {
  const ready = isReady(context);
  answerJson(exchange, ready ? 200 : 503, { ready });
}
