import { fail } from '@slipway/contract';
import { walkOnnx } from './walk-onnx.ts';

/**
 * Throws `bundle.invalid` when any tensor of an ONNX model keeps its data in another file: a runtime would open
 * whatever path the model names. Also throws when the bytes are no protobuf message.
 */
export function refuseExternalData(model: Uint8Array): void {
  walkOnnx(model, {
    field(message, field) {
      if (isExternal(message, field)) throw externalData();
    },
    broken: (cause) => fail('bundle.invalid', { reason: 'model.onnx is not an ONNX model' }, { cause }),
  });
}

/** Whether a field of a message says that a tensor's data lies in another file. */
export function isExternal(message: string, field: string | undefined): boolean {
  return message === 'TensorProto' && (field === 'externalData' || field === 'dataLocation');
}

function externalData(): Error {
  return fail('bundle.invalid', {
    reason: 'model.onnx keeps tensor data outside the file, which is refused',
  });
}
