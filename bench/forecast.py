"""statsforecast's AutoETS, AutoTheta, MSTL and SeasonalNaive, and a LightGBM with calendar, lag and covariate features, on what
forecast.ts hands over: `forecast.py FILE SYSTEM` prints the forecasts of one of them as JSON, with the seconds of processor time.

A model of statsforecast runs over all series in one process, LightGBM on one thread. A series on which a model of statsforecast fails gets
the seasonal naive (fallback_model), and the last value where that has nothing to say either, of series shorter than a season.
Only the last 8,000 values of a series are given to statsforecast, whose AutoTheta takes minutes for more.
"""

import json
import sys
import time
import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import MSTL, AutoETS, AutoTheta, SeasonalNaive

warnings.filterwarnings("ignore")

MOST_VALUES = 8_000


def main() -> None:
    with open(sys.argv[1]) as file:
        about = json.load(file)
    begun = time.process_time()
    forecasts = by_lightgbm(about) if sys.argv[2] == "lightgbm" else by_statsforecast(about, sys.argv[2])
    json.dump({"seconds": time.process_time() - begun, "forecasts": forecasts}, sys.stdout)


def by_statsforecast(about, system):
    horizon, season, seasons = about["horizon"], about["season"], about["seasons"]
    known = [one["values"] for one in about["series"]]
    frame = pd.concat(
        pd.DataFrame({"unique_id": f"{i:06d}", "ds": np.arange(1, len(values) + 1), "y": np.array(values, dtype=float)})
        for i, values in enumerate(values[-MOST_VALUES:] for values in known)
    )
    naive = SeasonalNaive(season_length=season)
    # Without a season MSTL is what it takes for the trend.
    mstl = MSTL(season_length=seasons, alias="model") if seasons else AutoETS(season_length=1, alias="model")
    model = {
        "autoets": AutoETS(season_length=season, alias="model"),
        "autotheta": AutoTheta(season_length=season, alias="model"),
        "seasonal-naive": SeasonalNaive(season_length=season, alias="model"),
        "mstl": mstl,
    }[system]
    forecaster = StatsForecast(models=[model], freq=1, n_jobs=1, fallback_model=naive)
    said = forecaster.forecast(df=frame, h=horizon)
    by_series = said.sort_values(["unique_id", "ds"]).groupby("unique_id")["model"].apply(list)
    return [
        [float(value) if np.isfinite(value) else float(values[-1]) for value in one]
        for one, values in zip(by_series, known, strict=True)
    ]


def by_lightgbm(about):
    """One model over all series: each divided by its mean size, lags from the horizon on, so that one step is no harder than another."""
    horizon, seasons = about["horizon"], about["seasons"]
    lags = sorted(
        {horizon + i for i in range(7)}
        | {season * k for season in seasons for k in range(1, 60) if season * k >= horizon and season * (k - 3) < horizon}
    )
    frames, scales = [], []
    for which, one in enumerate(about["series"]):
        values = np.array(one["values"], dtype=float)
        scale = np.abs(values).mean() or 1.0
        scales.append(scale)
        y = pd.Series(np.concatenate([values / scale, np.full(horizon, np.nan)]))
        frame = pd.DataFrame({f"lag{lag}": y.shift(lag) for lag in lags})
        for window in [7, *seasons]:
            frame[f"mean{window}"] = y.shift(horizon).rolling(window, min_periods=1).mean()
        if about["isTime"]:
            times = pd.to_datetime(pd.Series(one["times"]), unit="ms")
            frame["minute"] = times.dt.hour * 60 + times.dt.minute
            frame["weekday"] = times.dt.weekday
            frame["day"] = times.dt.day
            frame["month"] = times.dt.month
            frame["dayofyear"] = times.dt.dayofyear
        else:
            for season in seasons:
                frame[f"phase{season}"] = np.arange(len(y)) % season
        for i, column in enumerate(one["known"]):
            frame[f"known{i}"] = np.array(column, dtype=float)
        for i, value in enumerate(one["fixed"]):
            frame[f"fixed{i}"] = value
        frame["series"] = which
        frame["y"] = y
        frames.append(frame)
    ahead = pd.concat(frame.tail(horizon) for frame in frames).drop(columns="y")
    past = pd.concat(frame.iloc[:-horizon] for frame in frames)
    past = past[past[f"lag{lags[0]}"].notna()]
    categorical = ["series"] if len(frames) > 1 else []
    if not categorical:
        past, ahead = past.drop(columns="series"), ahead.drop(columns="series")
    if len(past) < 30:
        return [one["values"][-1:] * horizon for one in about["series"]]
    params = {
        "objective": "l2", "learning_rate": 0.05, "num_leaves": 31, "num_threads": 1, "verbose": -1, "seed": 1,
        "bagging_fraction": 0.8, "bagging_freq": 1, "feature_fraction": 0.8,
    }
    data = lgb.Dataset(past.drop(columns="y"), past["y"], categorical_feature=categorical)
    model = lgb.train(params, data, num_boost_round=500)
    said = model.predict(ahead).reshape(len(frames), horizon)
    return [(row * scale).tolist() for row, scale in zip(said, scales, strict=True)]


if __name__ == "__main__":
    main()
