import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { decodeMessage, encodeMessage } from '../inference/grpc/schema.ts';

export type GrpcReply = { code: number; says: string; bytes: number };

/** A caller of ModelInfer with the tensor `x` of float32, all zero: how many bytes came, or why none did. */
export function grpcCaller(address: string, token: string) {
  const grpc = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return {
    infer(model: string, shape: readonly [number, number]): Promise<GrpcReply> {
      const message = {
        model_name: model,
        inputs: [{ name: 'x', datatype: 'FP32', shape }],
        raw_input_contents: [Buffer.alloc(4 * shape[0] * shape[1])],
      };
      return new Promise((resolve) => {
        grpc.makeUnaryRequest(
          '/inference.GRPCInferenceService/ModelInfer',
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
    close: () => grpc.close(),
  };
}
