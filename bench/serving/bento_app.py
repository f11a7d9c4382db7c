# The same model as a BentoML service: MODEL=model.onnx bentoml serve bento_app:Forest
import os

import bentoml
import numpy as np
import onnxruntime as ort


@bentoml.service(workers=1, traffic={"timeout": 60})
class Forest:
    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

    @bentoml.api
    def predict(self, rows: list[list[float]]) -> list[float]:
        (found,) = self.session.run(None, {"X": np.array(rows, dtype=np.float32)})
        return [float(p) for p in found[:, 0]]
