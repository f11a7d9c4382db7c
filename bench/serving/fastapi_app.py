# A FastAPI application over ONNX Runtime as one writes it by hand: typed rows in, probabilities out.
#   MODEL=model.onnx uvicorn fastapi_app:app
import os

import numpy as np
import onnxruntime as ort
from fastapi import FastAPI
from pydantic import BaseModel, create_model

COLUMNS = [f"x{i}" for i in range(int(os.environ["COLUMNS_OF_MODEL"]))]
Row = create_model("Row", **{name: (float | None, None) for name in COLUMNS})


class Body(BaseModel):
    rows: list[Row]


options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
app = FastAPI()


@app.post("/predict")
async def predict(body: Body):
    values = [[np.nan if (value := getattr(row, name)) is None else value for name in COLUMNS] for row in body.rows]
    (found,) = session.run(None, {"X": np.array(values, dtype=np.float32)})
    return {"predictions": [{"probability": float(p)} for p in found[:, 0]]}
