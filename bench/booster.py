"""The other side of booster.ts: trains one peer on what sample.ts wrote and prints its figures as JSON."""

import json
import re
import sys
import time
from pathlib import Path

import numpy as np

peer, asked = sys.argv[1], json.loads(sys.argv[2])
folder = Path(asked["data"])
about = json.loads((folder / "about.json").read_text())
rows, held_out, columns = about["rows"], about["heldOut"], about["columns"]
target = np.fromfile(folder / "target.bin")


def read_columns(begin: int, count: int) -> np.ndarray:
    """Column by column, as the file has them: float32, Fortran order."""
    matrix = np.empty((count, columns), dtype=np.float32, order="F")
    with open(folder / "columns.bin", "rb") as file:
        for c in range(columns):
            file.seek(4 * (c * (rows + held_out) + begin))
            matrix[:, c] = np.fromfile(file, dtype=np.float32, count=count)
    return matrix


def peak() -> float:
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def lightgbm(x: np.ndarray, y: np.ndarray):
    import lightgbm as lgb

    params = {
        "objective": "binary",
        "num_leaves": asked["leaves"],
        "learning_rate": asked["learningRate"],
        "max_bin": asked["bins"],
        "min_data_in_leaf": asked["minRowsInLeaf"],
        "lambda_l2": asked["l2"],
        "num_threads": asked["threads"],
        "verbosity": -1,
        "seed": 1,
    }
    data = lgb.Dataset(x, y, params=params, free_raw_data=False)
    started = time.perf_counter()
    data.construct()
    binned = time.perf_counter()
    used = time.process_time()
    booster = lgb.train(params, data, num_boost_round=asked["rounds"])
    trained = time.perf_counter()
    return binned - started, trained - binned, time.process_time() - used, booster.predict, booster.num_trees()


def xgboost(x: np.ndarray, y: np.ndarray):
    import xgboost as xgb

    params = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": asked["leaves"],
        "max_depth": 0,
        "eta": asked["learningRate"],
        "max_bin": asked["bins"],
        "min_child_weight": 1e-3,
        "lambda": asked["l2"],
        "nthread": asked["threads"],
    }
    started = time.perf_counter()
    data = xgb.QuantileDMatrix(x, y, max_bin=asked["bins"], nthread=asked["threads"])
    binned = time.perf_counter()
    used = time.process_time()
    booster = xgb.train(params, data, num_boost_round=asked["rounds"])
    trained = time.perf_counter()
    return binned - started, trained - binned, time.process_time() - used, lambda z: booster.predict(xgb.DMatrix(z)), asked["rounds"]


def sklearn(x: np.ndarray, y: np.ndarray):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_iter=asked["rounds"],
        max_leaf_nodes=asked["leaves"],
        learning_rate=asked["learningRate"],
        max_bins=asked["bins"],
        min_samples_leaf=asked["minRowsInLeaf"],
        l2_regularization=asked["l2"],
        early_stopping=False,
    )
    with threadpool_limits(asked["threads"]):
        started = time.perf_counter()
        used = time.process_time()
        model.fit(x, y)
        trained = time.perf_counter()
    return 0.0, trained - started, time.process_time() - used, lambda z: model.predict_proba(z)[:, 1], asked["rounds"]


train = {"lightgbm": lightgbm, "xgboost": xgboost, "sklearn": sklearn}[peer]
for _ in range(asked["warm"]):
    train(read_columns(0, rows), target[:rows])
bin_seconds, train_seconds, cpu_seconds, predict, trees = train(read_columns(0, rows), target[:rows])
peak_mebibytes = peak()
p = np.asarray(predict(read_columns(rows, held_out)), dtype=np.float64)
truth = target[rows:]
print(
    json.dumps(
        {
            "binSeconds": bin_seconds,
            "trainSeconds": train_seconds,
            "trainCpuSeconds": cpu_seconds,
            "peakMebibytes": peak_mebibytes,
            "loss": float(-np.mean(np.log(np.where(truth == 1, p, 1 - p)))),
            "trees": trees,
        }
    )
)
