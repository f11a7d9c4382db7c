# The same model as a runtime of MLServer, with what is quickest there: no worker processes, ONNX Runtime at once.
import os

import onnxruntime as ort
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Forest(MLModel):
    async def load(self) -> bool:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0])
        (found,) = self.session.run(None, {"X": rows})
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("probability", found)]
        )
