import { fail } from '@slipway/contract';
import { walkOnnx } from './walk-onnx.ts';

/**
 * Throws `bundle.invalid` when any tensor of an ONNX model keeps its data in another file: a runtime would open
 * whatever path the model names. Also throws when the bytes are no protobuf message.
 */
export function refuseExternalData(model: Uint8Array): void {
  walkOnnx(model, {
    field(message, field, _size, value) {
      if (isExternal(message, field, value)) throw externalData();
    },
    broken: (cause) => fail('bundle.invalid', { reason: 'model.onnx is not an ONNX model' }, { cause }),
  });
}

/** TensorProto.DataLocation of a tensor that holds its data, which onnx writes out after it has loaded what lay elsewhere. */
const DEFAULT = 0;

/** Whether a field of a message says that a tensor's data lies in another file. */
export function isExternal(message: string, field: string | undefined, value: number | undefined): boolean {
  if (message !== 'TensorProto') return false;
  return field === 'externalData' || (field === 'dataLocation' && value !== DEFAULT);
}

function externalData(): Error {
  return fail('bundle.invalid', {
    reason: 'model.onnx keeps tensor data outside the file, which is refused',
  });
}
