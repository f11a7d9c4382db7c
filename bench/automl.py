"""Another AutoML system on what automl.ts hands over; prints the value of the metric on the rows held out as JSON.

automl.py FOLDER SYSTEM METRIC SECONDS CORES SEED CLOCK; SYSTEM is flaml, flaml-ensemble, lightgbm or autogluon. With the CLOCK
`processor` budgets are processor time: `time.time` says how long this process has worked.
Words are pandas categories. What systems print themselves goes to stderr.
"""

import json
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
if sys.argv[7] == "processor":
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


SYSTEMS = {
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
