import { type Asked, type BodyReader, predicting, type Reply } from '../../answer-prediction.ts';
import { JSON_TYPE } from '../../exchange.ts';
import { chosenOutputs, outputTensor } from './outputs.ts';
import { writeRawValues } from './raw-values.ts';
import { readInferRequest } from './read-infer.ts';

/** `POST /v2/models/{name}/infer` with tensors as JSON or bytes, one for each raw column. */
export const answerInfer = predicting(readInfer);

function readInfer(body: Buffer, { route, headers, maxRows }: Parameters<BodyReader>[1]): Asked {
  const { engine, modelVersion } = route;
  const request = readInferRequest(body, headers.inferenceHeaderLength, engine.inputs, maxRows);
  const outputs = chosenOutputs(engine, request.outputs);
  return {
    rows: request.rows,
    timeoutMs: request.timeoutMs,
    write(predicted, { endpoint, requestId }) {
      const tensors = outputs.map((output) => {
        const isBinary = output.isBinary ?? request.isBinaryOutput;
        return { ...outputTensor(output, predicted), isBinary };
      });
      const header = {
        model_name: endpoint,
        model_version: String(modelVersion),
        id: request.id ?? requestId,
      };
      return replyOf(header, tensors);
    },
  };
}

type AnswerTensor = ReturnType<typeof outputTensor> & { isBinary: boolean };

function replyOf(header: object, tensors: readonly AnswerTensor[]): Reply {
  const binary = new Map(
    tensors
      .filter(({ isBinary }) => isBinary)
      .map(({ name, datatype, values }) => [name, writeRawValues(values, datatype)]),
  );
  const outputs = tensors.map(({ name, datatype, values }) => {
    const size = binary.get(name)?.length;
    const shape = [values.length];
    if (size === undefined) return { name, datatype, shape, data: values };
    return { name, datatype, shape, parameters: { binary_data_size: size } };
  });
  const json = JSON.stringify({ ...header, outputs });
  if (binary.size === 0) return { contentType: JSON_TYPE, body: json };
  const head = Buffer.from(json);
  return {
    contentType: 'application/octet-stream',
    body: Buffer.concat([head, ...binary.values()]),
    headers: ['inference-header-content-length', String(head.length)],
  };
}
