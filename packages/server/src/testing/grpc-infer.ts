import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { decodeMessage, encodeMessage } from '../inference/grpc/schema.ts';

export type GrpcReply = { code: number; says: string; bytes: number };

const MODEL_INFER = '/inference.GRPCInferenceService/ModelInfer';

/** A caller of ModelInfer with tensors of float32, all zero: how many bytes the first output has, or why there is none. */
export function grpcCaller(address: string, token: string) {
  const grpc = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return {
    infer(model: string, shape: readonly number[], names: readonly string[] = ['x']): Promise<GrpcReply> {
      const values = shape.reduce((product, size) => product * size, 1);
      const message = {
        model_name: model,
        inputs: names.map((name) => ({ name, datatype: 'FP32', shape })),
        raw_input_contents: names.map(() => Buffer.alloc(4 * values)),
      };
      return new Promise((resolve) => {
        grpc.makeUnaryRequest(
          MODEL_INFER,
          (value: object) => encodeMessage('ModelInferRequest', value),
          (bytes) => decodeMessage('ModelInferResponse', bytes),
          message,
          metadata,
          (error: ServiceError | null, answer) => {
            const [raw] = (answer?.raw_output_contents ?? []) as Buffer[];
            resolve({ code: error?.code ?? status.OK, says: error?.details ?? '', bytes: raw?.length ?? 0 });
          },
        );
      });
    },
    /** Sends bytes as they are in place of a message. */
    send(bytes: Buffer): Promise<{ code: number; says: string }> {
      return new Promise((resolve) => {
        grpc.makeUnaryRequest(
          MODEL_INFER,
          (given: Buffer) => given,
          (answer) => answer,
          bytes,
          metadata,
          (error: ServiceError | null) =>
            resolve({ code: error?.code ?? status.OK, says: error?.details ?? '' }),
        );
      });
    },
    close: () => grpc.close(),
  };
}
