import type { InferenceContext } from '../context.ts';
import { isReady } from '../context.ts';
import { answerJson, type Exchange } from '../exchange.ts';
import { chooseRoute } from '../predict.ts';
import { DATATYPES } from './datatypes.ts';
import { outputNames } from './outputs.ts';

/** `GET /v2` */
export function answerServer(_context: InferenceContext, exchange: Exchange): void {
  answerJson(exchange, 200, { name: 'slipway', version: '1', extensions: [] });
}

/** `GET /v2/health/live`: the event loop turns, whatever the models do. */
export function answerLive(_context: InferenceContext, exchange: Exchange): void {
  answerJson(exchange, 200, { live: true });
}

/** `GET /v2/health/ready` */
export function answerReady(context: InferenceContext, exchange: Exchange): void {
  const ready = isReady(context);
  answerJson(exchange, ready ? 200 : 503, ready ? { ready } : { ready, error: 'not ready' });
}

/** `GET /v2/models/{name}/ready` */
export function answerModelReady(context: InferenceContext, exchange: Exchange): void {
  const { name } = exchange.endpoint!;
  chooseRoute(exchange);
  const ready = context.phase === 'ready';
  answerJson(exchange, ready ? 200 : 503, { name, ready });
}

/** `GET /v2/models/{name}`: one tensor of N values for each raw column, one for each output. */
export function answerModel(_context: InferenceContext, exchange: Exchange): void {
  const { engine, modelVersion } = chooseRoute(exchange);
  answerJson(exchange, 200, {
    name: exchange.endpoint!.name,
    versions: [String(modelVersion)],
    platform: 'slipway_flat',
    inputs: engine.inputs.map(({ name, type }) => ({ name, datatype: DATATYPES[type][0], shape: [-1] })),
    outputs: outputNames(engine).map(({ name, datatype }) => ({ name, datatype, shape: [-1] })),
  });
}
