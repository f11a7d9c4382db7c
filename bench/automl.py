"""Another AutoML system on what automl.ts hands over; prints the value of the metric on the rows held out as JSON.

automl.py FOLDER SYSTEM METRIC SECONDS CORES SEED CLOCK; SYSTEM is flaml, flaml-ensemble, lightgbm, autogluon or h2o. With the
CLOCK `processor` budgets are processor time: `time.time` says how long this process has worked. H2O works in a process of its own
(Java), whose budget stays wall-clock time with CORES threads; its processor time is printed as `processorSeconds`.
Words are pandas categories. What systems print themselves goes to stderr.
"""

import json
import os
import resource
import sys
import time
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import metrics as m

warnings.filterwarnings("ignore")
folder, system, metric = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
seconds, cores, seed = float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6])
about = json.loads((folder / "columns.json").read_text())
# The client of H2O waits by the clock.
if sys.argv[7] == "processor" and system != "h2o":
    began = time.time()
    time.time = lambda: began + time.process_time()
    time.perf_counter = time.monotonic = time.time
begun = time.time()
task = about["task"]
train = np.fromfile(folder / "train.bin", dtype=np.int32)
holdout = np.fromfile(folder / "holdout.bin", dtype=np.int32)
target = np.fromfile(folder / "target.bin")


def column(i: int, category: bool):
    if not category:
        return np.fromfile(folder / f"{i}.bin")
    codes = pd.Series(np.fromfile(folder / f"{i}.bin", dtype=np.int32))
    return codes.where(codes >= 0).astype("Int64").astype(str).where(codes >= 0).astype("category")


frame = pd.DataFrame({f"c{i}": column(i, c["category"]) for i, c in enumerate(about["columns"])})
x, x_out = frame.iloc[train].reset_index(drop=True), frame.iloc[holdout].reset_index(drop=True)
y, y_out = target[train], target[holdout]
if task != "regression":
    y, y_out = y.astype(int), y_out.astype(int)


def flaml(ensemble: bool):
    from flaml import AutoML

    automl = AutoML()
    automl.fit(
        x,
        y,
        task="regression" if task == "regression" else "classification",
        metric={"roc-auc": "roc_auc", "log-loss": "log_loss", "rmse": "rmse"}[metric],
        time_budget=seconds,
        n_jobs=cores,
        seed=seed,
        ensemble=ensemble,
        verbose=0,
    )
    return automl, {"learner": automl.best_estimator, "trials": len(automl.config_history)}


def lightgbm():
    import lightgbm as lgb

    kind = lgb.LGBMRegressor if task == "regression" else lgb.LGBMClassifier
    return kind(n_jobs=cores, random_state=seed, verbose=-1).fit(x, y), {}


def autogluon():
    from autogluon.tabular import TabularPredictor

    names = {"roc-auc": "roc_auc", "log-loss": "log_loss", "rmse": "root_mean_squared_error"}
    # Told the kind of task, as we are: whole numbers of few values look like classes to it.
    predictor = TabularPredictor(
        "y", problem_type=task, eval_metric=names[metric], path=str(folder / "autogluon"), verbosity=0
    )
    predictor.fit(x.assign(y=y), time_limit=seconds, presets="best_quality", num_cpus=cores)
    return predictor, {}


def h2o():
    import h2o as engine
    from h2o.automl import H2OAutoML

    engine.init(nthreads=cores, max_mem_size="4G", port=54321 + os.getpid() % 1000, bind_to_localhost=True)
    try:
        kinds = {name: "enum" if c["category"] else "real" for name, c in zip(frame.columns, about["columns"])}
        kinds["y"] = "real" if task == "regression" else "enum"
        given = engine.H2OFrame(x.assign(y=y if task == "regression" else [f"k{v}" for v in y]), column_types=kinds)
        # Equal levels in both frames: the rows held out may lack some.
        asked = engine.H2OFrame(x_out, column_types={name: kinds[name] for name in x_out.columns})
        sort = {"roc-auc": "AUC", "log-loss": "logloss", "rmse": "RMSE"}[metric]
        automl = H2OAutoML(
            max_runtime_secs=int(seconds), seed=seed, sort_metric=sort, stopping_metric=sort, verbosity=None
        )
        before = _processor_seconds_of_java()
        automl.train(y="y", training_frame=given)
        spent = _processor_seconds_of_java() - before
        predicted = automl.leader.predict(asked).as_data_frame(use_multi_thread=False)
        facts = {
            "learner": automl.leader.algo,
            "trials": automl.leaderboard.nrow,
            "processorSeconds": round(spent, 1),
        }
        return _Predicted(predicted), facts
    finally:
        engine.cluster().shutdown()


def _processor_seconds_of_java() -> float:
    """Processor time of the engine that this process started."""
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == os.getpid() and "java" in (folder / "comm").read_text():
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError):
            continue
    return 0.0


class _Predicted:
    """Predictions made before the engine was stopped, in the form of a scikit-learn model."""

    def __init__(self, table: pd.DataFrame):
        self.table = table

    def predict(self, _rows):
        return self.table["predict"].to_numpy()

    def predict_proba(self, _rows):
        labels = [f"k{v}" for v in np.unique(y)]
        return self.table[labels].to_numpy()


SYSTEMS = {
    "h2o": h2o,
    "flaml": lambda: flaml(False),
    "flaml-ensemble": lambda: flaml(True),
    "lightgbm": lightgbm,
    "autogluon": autogluon,
}
with redirect_stdout(sys.stderr):
    model, facts = SYSTEMS[system]()
    if task == "regression":
        value = m.root_mean_squared_error(y_out, model.predict(x_out))
    else:
        p = np.asarray(model.predict_proba(x_out))
        value = m.roc_auc_score(y_out, p[:, 1]) if task == "binary" else m.log_loss(y_out, p, labels=np.unique(y))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"value": float(value), "seconds": round(time.time() - begun, 1), "peakMegabytes": round(peak), **facts}))
