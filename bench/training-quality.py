"""scikit-learn's HistGradientBoosting with defaults on what training-quality.ts hands over; prints its metrics as JSON.

Words are pandas categories (categorical_features='from_dtype', the default). It takes 255 categories at most, so of a
column with more the 254 most frequent in training are kept and the others share one.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import metrics as m
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

MOST_CATEGORIES = 255

folder = Path(sys.argv[1])
about = json.loads((folder / "columns.json").read_text())
train = np.fromfile(folder / "train.bin", dtype=np.int32)
holdout = np.fromfile(folder / "holdout.bin", dtype=np.int32)
target = np.fromfile(folder / "target.bin")


def category(codes: np.ndarray) -> pd.Series:
    series = pd.Series(codes).where(codes >= 0)
    frequent = series.iloc[train].value_counts().index
    if len(frequent) > MOST_CATEGORIES:
        series = series.where(series.isna() | series.isin(frequent[: MOST_CATEGORIES - 1]), -2)
    seen = series.iloc[train].dropna().unique()
    return series.where(series.isin(seen)).astype("category")


frame = pd.DataFrame(
    {
        f"c{i}": category(np.fromfile(folder / f"{i}.bin", dtype=np.int32))
        if column["category"]
        else np.fromfile(folder / f"{i}.bin")
        for i, column in enumerate(about["columns"])
    }
)
x, y = frame.iloc[train], target[train]
x_out, y_out = frame.iloc[holdout], target[holdout]

if about["task"] == "regression":
    p = HistGradientBoostingRegressor(random_state=0).fit(x, y).predict(x_out)
    result = {"r2": m.r2_score(y_out, p), "rmse": m.root_mean_squared_error(y_out, p)}
else:
    model = HistGradientBoostingClassifier(random_state=0).fit(x, y)
    p = model.predict_proba(x_out)
    result = {
        "accuracy": m.accuracy_score(y_out, model.classes_[p.argmax(1)]),
        "log-loss": m.log_loss(y_out, p, labels=model.classes_),
    }
    if about["task"] == "binary":
        result["roc-auc"] = m.roc_auc_score(y_out, p[:, 1])
print(json.dumps({name: float(value) for name, value in result.items()}))
