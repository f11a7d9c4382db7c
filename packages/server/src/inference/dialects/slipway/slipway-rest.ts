import { graphLines, parseGraph } from '@slipway/contract';
import { type BundleManifest, exampleBody, takesTensors } from '../../../stages/pack/index.ts';
import { type InferenceContext, isReady } from '../../context.ts';
import { answerJson, type Exchange } from '../../exchange.ts';
import { problemJson } from '../../problem.ts';
import { chooseRoute } from '../../routing/choose-route.ts';
import type { Dialect } from '../dialect.ts';
import { answerOpenApi } from './endpoint-openapi.ts';
import { answerMetrics } from './metrics-page.ts';
import { answerPredict } from './predict-rows.ts';

/** Our own words: DESIGN §8. */
export const slipwayRest: Dialect = {
  id: 'slipway',
  failure: problemJson,
  actions: [
    { method: 'GET', path: '/health', answer: answerHealth },
    { method: 'GET', path: '/metrics', answer: answerMetrics },
    { method: 'GET', path: '/endpoints/{name}', answer: answerEndpoint },
    { method: 'GET', path: '/endpoints/{name}/openapi.json', answer: answerOpenApi },
    { method: 'POST', path: '/endpoints/{name}/predict', answer: answerPredict, isLimited: true },
  ],
};

function answerHealth(context: InferenceContext, exchange: Exchange): void {
  const ready = isReady(context);
  answerJson(exchange, ready ? 200 : 503, { status: ready ? 'ready' : context.phase, ready });
}

/** The models that take part, and the graph for people. */
function graphOf({ graph, members }: NonNullable<BundleManifest['graph']>) {
  const models = members.map(({ path, model, version }) => ({ node: path, model, version }));
  return { models, lines: graphLines(parseGraph(graph)) };
}

/** What to send, and a body that works. */
function answerEndpoint(_context: InferenceContext, exchange: Exchange): void {
  const { modelName, modelVersion, manifest } = chooseRoute(exchange);
  answerJson(exchange, 200, {
    name: exchange.endpoint!.name,
    model: { name: modelName, version: modelVersion },
    task: manifest.task,
    target: manifest.target,
    classes: manifest.classes,
    inputs: manifest.inputs,
    ...(takesTensors(manifest)
      ? { outputs: manifest.outputs }
      : { forecast: manifest.forecast, graph: manifest.graph && graphOf(manifest.graph) }),
    example: exampleBody(manifest),
  });
}
