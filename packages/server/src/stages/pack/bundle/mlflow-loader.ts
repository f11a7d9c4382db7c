/** The file that loads the model for `mlflow.pyfunc`, and its name as a Python module. */
export const LOADER_FILE = 'slipway_mlflow.py';
export const LOADER_MODULE = 'slipway_mlflow';

/**
 * MLflow hands dates over as `datetime64`, which ONNX Runtime does not take: the graph takes milliseconds since 1970, UTC.
 * A date without an offset is in the time zone of the dataset, as it is in every file and request.
 */
export const LOADER = `"""Loads this model for mlflow.pyfunc: dates come as datetime, and the graph takes milliseconds since 1970 (UTC)."""
import os

import mlflow.onnx
import numpy
import pandas
from mlflow.models import Model


def _load_pyfunc(path):
    told = Model.load(os.path.dirname(os.path.abspath(path))).metadata["slipway"]
    return _DatedModel(mlflow.onnx._load_pyfunc(path), told["datetimes"])


class _DatedModel:
    def __init__(self, model, zones):
        self._model = model
        self._zones = zones

    def get_raw_model(self):
        return self._model.get_raw_model()

    def predict(self, data, params=None):
        if isinstance(data, pandas.DataFrame):
            dated = {name: _milliseconds(data[name], zone) for name, zone in self._zones.items() if name in data}
            data = data.assign(**dated)
        return self._model.predict(data, params)


def _milliseconds(values, zone):
    if pandas.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    times = pandas.to_datetime(values)
    if times.dt.tz is None:
        times = times.dt.tz_localize(zone, ambiguous=numpy.ones(len(times), dtype=bool), nonexistent="shift_forward")
    whole = times.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]").astype("int64")
    return (whole / 1000.0).where(times.notna(), float("nan"))
`;
