"""How much of its default limit the worst column of each day reaches, by Evidently or NannyML, or accuracy by NannyML.

python tools.py evidently|nannyml|nannyml-performance FOLDER
FOLDER has reference.csv and traffic.csv of bench/monitoring.ts. The last line printed is a JSON list, a number or null for each
day. Windows are calendar days. Columns of time (ts, day, weekday) are left out, which would alert on every day.
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
tool, folder = sys.argv[1:]
DAY_MS = 86_400_000
LEAST_ROWS = 30
TEXTS = ["channel", "plan", "device"]


def read(name):
    frame = pd.read_csv(f"{folder}/{name}.csv")
    frame["when"] = pd.to_datetime(frame["ts"], unit="ms")
    return frame


def evidently_ratios(reference, traffic, columns):
    """Default tests by type and size of the reference: Wasserstein (normed) and Jensen-Shannon, limit 0.1 each."""
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    tests = {}
    for name in columns:
        kind = ColumnType.Categorical if name in TEXTS or name == "loyal" else ColumnType.Numerical
        tests[name] = (get_stattest(reference[name], reference[name], kind, None), kind)
    ratios = []
    for _, own in traffic.groupby("dayNumber"):
        if len(own) < LEAST_ROWS:
            ratios.append(None)
            continue
        worst = 0.0
        for name, (test, kind) in tests.items():
            known, seen = reference[name].dropna(), own[name].dropna()
            found = test(known, seen, kind, None)
            share = found.drift_score / found.actual_threshold
            # The tests of value drift drop missing values.
            worst = max(worst, float(share))
        ratios.append(worst)
    return ratios


def nannyml_ratios(reference, traffic, columns):
    """Default methods (Jensen-Shannon), limits of mean and three standard deviations of the reference's days; missing values as well."""
    import nannyml as nml

    numbers = [name for name in columns if name not in TEXTS]
    texts = [name for name in columns if name in TEXTS]
    options = {"timestamp_column_name": "when", "chunk_period": "D"}
    drift = nml.UnivariateDriftCalculator(
        column_names=columns,
        treat_as_categorical=texts,
        continuous_methods=["jensen_shannon"],
        categorical_methods=["jensen_shannon"],
        **options,
    ).fit(reference)
    missing = nml.MissingValuesCalculator(column_names=["income"], **options).fit(reference)
    worst = {}
    for result, names in ((drift.calculate(traffic), numbers + texts), (missing.calculate(traffic), ["income"])):
        frame = result.filter(period="analysis").to_df(multilevel=True)
        starts = pd.to_datetime(frame[("chunk", "start_date")] if ("chunk", "start_date") in frame else frame[("chunk", "chunk", "start_date")])
        limits = reference_limits(result)
        for place, start in enumerate(starts):
            day = int((start.timestamp() * 1000 - traffic["ts"].min() // DAY_MS * DAY_MS) // DAY_MS)
            for key, (mean, upper) in limits.items():
                value = frame[key + ("value",)].iloc[place]
                if not np.isnan(value) and upper > mean:
                    worst[day] = max(worst.get(day, 0.0), float((value - mean) / (upper - mean)))
    days = int(traffic["dayNumber"].max()) + 1
    return [worst.get(day) for day in range(days)]


def reference_limits(result):
    frame = result.filter(period="reference").to_df(multilevel=True)
    keys = {column[:-1] for column in frame.columns if column[-1] == "value"}
    limits = {}
    for key in keys:
        uppers = frame[key + ("upper_threshold",)].dropna()
        values = frame[key + ("value",)].dropna()
        upper = values.mean() + 3 * values.std() if uppers.empty else float(uppers.iloc[0])
        limits[key] = (float(values.mean()), float(upper))
    return limits


def accuracy_ratios(reference, traffic):
    """Accuracy of each day below the mean of the reference's days, as a share of NannyML's default limit of three standard deviations."""
    import nannyml as nml

    calculator = nml.PerformanceCalculator(
        metrics=["accuracy"],
        problem_type="classification_binary",
        y_true="truth",
        y_pred="predicted",
        y_pred_proba="score",
        timestamp_column_name="when",
        chunk_period="D",
    ).fit(reference)
    result = calculator.calculate(traffic)
    known = result.filter(period="reference").to_df(multilevel=True)[("accuracy", "value")].dropna()
    seen = result.filter(period="analysis").to_df(multilevel=True)[("accuracy", "value")]
    limit = 3 * float(known.std())
    return [None if np.isnan(value) else float((known.mean() - value) / limit) for value in seen]


reference, traffic = read("reference"), read("traffic")
if tool == "nannyml-performance":
    print(json.dumps(accuracy_ratios(reference, traffic)))
    sys.exit()
traffic["dayNumber"] = (traffic["ts"] - traffic["ts"].min() // DAY_MS * DAY_MS) // DAY_MS
columns = [name for name in reference.columns if name not in ("ts", "when", "day", "weekday", "dayNumber")]
found = (evidently_ratios if tool == "evidently" else nannyml_ratios)(reference, traffic, columns)
print(json.dumps(found))
