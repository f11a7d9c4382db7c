# The same model on Ray Serve: MODEL=model.onnx python ray_app.py PORT
import logging
import os
import signal
import sys
import threading

import numpy as np
import onnxruntime as ort
import ray
from ray import serve
from ray.serve.schema import LoggingConfig
from starlette.requests import Request


@serve.deployment(
    max_ongoing_requests=64,
    ray_actor_options={"num_cpus": 1},
    logging_config=LoggingConfig(enable_access_log=False, log_level="WARNING"),
)
class Forest:
    def __init__(self, path: str) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    async def __call__(self, request: Request):
        body = await request.json()
        (found,) = self.session.run(None, {"X": np.array(body["rows"], dtype=np.float32)})
        return {"predictions": [float(p) for p in found[:, 0]]}


ray.init(num_cpus=2, include_dashboard=False, logging_level=logging.ERROR, configure_logging=True)
serve.start(
    http_options={"host": "127.0.0.1", "port": int(sys.argv[1])},
    logging_config=LoggingConfig(enable_access_log=False, log_level="WARNING"),
)
serve.run(Forest.bind(os.environ["MODEL"]))
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
while not ended.wait(1):
    pass
serve.shutdown()
ray.shutdown()
