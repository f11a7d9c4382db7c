"""statsforecast's AutoETS, AutoTheta and SeasonalNaive on what forecast.ts hands over; prints their forecasts as JSON.

One model at a time over all series on two processes. A series on which a model fails gets the seasonal naive
(fallback_model), and the last value where that has nothing to say either, of series shorter than a season.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, AutoTheta, SeasonalNaive

warnings.filterwarnings("ignore")


def main() -> None:
    with open(sys.argv[1]) as file:
        about = json.load(file)
    horizon, season = about["horizon"], about["season"]
    frame = pd.concat(
        pd.DataFrame({"unique_id": f"{i:06d}", "ds": np.arange(1, len(values) + 1), "y": np.array(values, dtype=float)})
        for i, values in enumerate(about["series"])
    )
    models = {
        "AutoETS": AutoETS(season_length=season),
        "AutoTheta": AutoTheta(season_length=season),
        "SeasonalNaive": SeasonalNaive(season_length=season),
    }
    answer = {}
    for name, model in models.items():
        begun = time.monotonic()
        forecaster = StatsForecast(models=[model], freq=1, n_jobs=2, fallback_model=SeasonalNaive(season_length=season))
        said = forecaster.forecast(df=frame, h=horizon)
        by_series = said.sort_values(["unique_id", "ds"]).groupby("unique_id")[name].apply(list)
        forecasts = [
            [float(value) if np.isfinite(value) else float(known[-1]) for value in one]
            for one, known in zip(by_series, about["series"], strict=True)
        ]
        answer[name] = {"seconds": time.monotonic() - begun, "forecasts": forecasts}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
