import { fail } from '@slipway/contract';
import type { Engine } from '../../journey/serve/index.ts';
import type { InferenceContext } from '../context.ts';
import { answerJson, type Exchange } from '../exchange.ts';
import { chooseRoute, predictRows } from '../predict.ts';
import { parseJson, readText } from '../read-json.ts';
import { outputNames, outputTensor } from './outputs.ts';
import { readInferRequest } from './read-tensors.ts';

/** `POST /v2/models/{name}/infer` with JSON tensors, one for each raw column. */
export function answerInfer(
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
): Promise<void> | undefined {
  const { engine, modelVersion } = chooseRoute(exchange);
  const request = readInferRequest(parseJson(readText(body)), engine.inputs, context.settings.maxRows);
  const outputs = wantedOutputs(engine, request.outputs);
  return predictRows(context, exchange, request.rows, ({ ids, predictions }) =>
    answerJson(exchange, 200, {
      model_name: exchange.endpoint!.name,
      model_version: String(modelVersion),
      id: request.id ?? exchange.requestId,
      outputs: outputs.map((output) => outputTensor(output, predictions, ids)),
    }),
  );
}

function wantedOutputs(engine: Engine, names: readonly string[] | undefined) {
  const all = outputNames(engine);
  if (names === undefined || names.length === 0) return all;
  return names.map((name, i) => {
    const output = all.find((each) => each.name === name);
    const reason = `there is no output ${name.slice(0, 100)}`;
    if (output === undefined) throw fail('request.invalid', { reason }, { path: `outputs[${i}].name` });
    return output;
  });
}
