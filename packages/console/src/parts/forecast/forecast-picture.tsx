import { formatMetric } from '../../words/index.ts';
import { bandPath, linePath, scaleOf } from './chart-paths.ts';
import css from './forecast-picture.module.css';
import { timeInWords } from './time-in-words.ts';

const WIDTH = 640;
const HEIGHT = 220;

export type ForecastPictureProps = {
  /** What it shows, in words. */
  label: string;
  times: readonly (string | number)[];
  history: readonly number[];
  truth: readonly (number | null)[];
  forecast: readonly number[];
  lower: readonly number[];
  upper: readonly number[];
};

/** What was, what is forecast with its interval, and what happened. */
export function ForecastPicture(props: ForecastPictureProps) {
  const { times, history, truth, forecast, lower, upper } = props;
  const happened = truth.filter((value) => value !== null);
  const all = [...history, ...happened, ...forecast, ...lower, ...upper];
  const scale = scaleOf(times.length, all, WIDTH, HEIGHT);
  const from = history.length;
  // The forecast goes on from the last value known.
  const joined = history.length === 0 ? [...forecast] : [history.at(-1)!, ...forecast];
  return (
    <div className={css.picture}>
      <span className={css.scale} aria-hidden="true">
        {formatMetric(Math.min(...all))} to {formatMetric(Math.max(...all))}
      </span>
      <svg viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`} role="img" aria-label={props.label}>
        <path className={css.frame} d={`M0 0V${HEIGHT}H${WIDTH}`} />
        <path className={css.band} d={bandPath(lower, upper, from, scale)} />
        <path className={css.history} d={linePath(history, 0, scale)} />
        <path className={css.truth} d={linePath(truth, from, scale)} />
        <path className={css.forecast} d={linePath(joined, history.length === 0 ? from : from - 1, scale)} />
      </svg>
      <span className={css.times} aria-hidden="true">
        <span>{timeInWords(times[0]!)}</span>
        <span>{timeInWords(times.at(-1)!)}</span>
      </span>
    </div>
  );
}
