import {
  type ForecastCase,
  type ForecastModel,
  naiveTwo,
  type Projection,
  projectSeries,
  type SeriesModel,
  scaleOf,
  seasonalNaive,
  textOfTime,
  timeOf,
  withHistory,
} from '../../train/index.ts';
import type { JudgedSeries } from './judged-series.ts';
import type { LaterSeries } from './later-series.ts';

/** Origins that a set is forecast from, at most: a horizon apart or more, so that every step counts once. */
const MOST_ORIGINS = 24;
/** Forecasts of all series together, at most. */
const MOST_CASES = 20_000;
/** Values before an origin that pictures show. */
const HISTORY_SHOWN = 60;

export type RollingOrigin = {
  later: readonly LaterSeries[];
  model: ForecastModel;
  /** The champion, which is not compared where it does not reach as far. */
  champion: ForecastModel | null;
  /** Lag of the naive forecast that is the baseline. */
  lag: number;
};

/**
 * Forecasts later values from several origins, each time with what came before it known and nothing fitted again, as in
 * service: each step is measured once at most, so the last origin may have fewer steps than the horizon. Pure.
 */
export function rollingOrigin({ later, model, champion, lag }: RollingOrigin): {
  series: JudgedSeries[];
  origins: number;
} {
  const { horizon } = model;
  const offsets = originsOf(later, horizon);
  const other = champion !== null && champion.horizon >= horizon ? champion : null;
  const ours = projections(model, later, offsets);
  const theirs = other === null ? null : projections(other, later, offsets);
  const season = model.seasons[0] ?? 1;
  const series = later.flatMap((one, index) => {
    const naiveReady = withoutGap(one, lag);
    const scale = scaleOf(one.values.subarray(0, one.known), season);
    return offsets.flatMap((offset, which): JudgedSeries[] => {
      const from = one.known + offset;
      const truth = truthFrom(one, from, horizon);
      const said = ours[which]![index];
      if (said === undefined || truth.every(Number.isNaN)) return [];
      const before = naiveReady.subarray(0, from);
      const candidate: ForecastCase = {
        truth,
        ...shortened(said, truth.length),
        reference: naiveTwo(before, season, truth.length),
        scale,
      };
      const former = theirs?.[which]?.[index];
      return [
        {
          candidate,
          baseline: seasonalNaive(before, lag, truth.length),
          champion: former === undefined ? null : { ...candidate, ...shortened(former, truth.length) },
          example: exampleOf(one, before, { model, steps: truth.length, isOnly: offsets.length === 1 }),
        },
      ];
    });
  });
  return { series, origins: offsets.length };
}

/** How many of the later values are known at each origin. */
function originsOf(later: readonly LaterSeries[], horizon: number): number[] {
  const longest = later.reduce((most, { values, known }) => Math.max(most, values.length - known), 0);
  const most = Math.max(1, Math.min(MOST_ORIGINS, Math.floor(MOST_CASES / Math.max(1, later.length))));
  const enough = Math.max(1, Math.ceil(longest / horizon));
  const count = Math.min(most, enough);
  const apart = count === enough ? horizon : Math.floor((longest - horizon) / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, i) => i * apart);
}

/** What a model says at each origin of each series that it knows and that has values there. */
function projections(
  model: ForecastModel,
  later: readonly LaterSeries[],
  offsets: readonly number[],
): (Projection | undefined)[][] {
  const fitted = new Map(model.series.map((one) => [JSON.stringify(one.key), one]));
  const moved = later.map((one) => {
    const own = fitted.get(JSON.stringify(one.key));
    if (own === undefined) return undefined;
    const next = own.end + own.recent.length + 1 - one.start;
    // A model that was fitted on later values is not measured on them, nor one that lacks values in between.
    return next < 0 || next > one.known ? undefined : withKnown(own, one);
  });
  return offsets.map((offset) => {
    const standing = moved.flatMap((own, index): { index: number; own: SeriesModel }[] => {
      const one = later[index]!;
      const from = one.known + offset;
      if (own === undefined || from >= one.values.length) return [];
      const seen = own.end + own.recent.length + 1 - one.start;
      const next = withHistory(model, own, [...one.values.subarray(seen, from)]);
      moved[index] = next;
      return [{ index, own: next }];
    });
    const said = projectSeries(
      model,
      standing.map(({ own }) => own),
      model.horizon,
    );
    const all = new Array<Projection | undefined>(later.length).fill(undefined);
    standing.forEach(({ index }, place) => {
      all[index] = said[place];
    });
    return all;
  });
}

/** With what the set tells of columns known in advance; it is read by the names and levels of the model's columns. */
function withKnown(own: SeriesModel, { start, covariates }: LaterSeries): SeriesModel {
  const first = own.knownFrom - start;
  const known = own.known.map((values, which) => {
    const told = covariates[which];
    if (told === undefined) return values;
    const length = Math.max(values.length, told.length - first);
    return Array.from({ length }, (_, i) => {
      const value = told[first + i];
      return value === undefined || Number.isNaN(value) ? (values[i] ?? null) : value;
    });
  });
  return { ...own, known };
}

function truthFrom({ values, filled }: LaterSeries, from: number, horizon: number): Float64Array {
  return values.slice(from, from + horizon).map((value, k) => (filled[from + k] === 1 ? Number.NaN : value));
}

function shortened({ values, intervals }: Projection, steps: number) {
  return {
    forecast: values.slice(0, steps),
    intervals: intervals.map(({ level, lower, upper }) => ({
      level,
      lower: lower.slice(0, steps),
      upper: upper.slice(0, steps),
    })),
  };
}

/** The values with steps that nobody told of filled as the naive forecast has them. */
function withoutGap({ values, known }: LaterSeries, lag: number): Float64Array {
  const whole = values.slice();
  for (let i = known; i < whole.length; i++) {
    if (Number.isNaN(whole[i]!)) whole[i] = whole[i >= lag ? i - lag : i - 1]!;
  }
  return whole;
}

function exampleOf(
  { key, start }: LaterSeries,
  before: Float64Array,
  { model, steps, isOnly }: { model: ForecastModel; steps: number; isOnly: boolean },
): JudgedSeries['example'] {
  const { frequency } = model;
  const isNumber = frequency.kind === 'fixed' && frequency.unit === 'number';
  const first = Math.max(0, before.length - HISTORY_SHOWN);
  const times = Array.from({ length: before.length - first + steps }, (_, i) => {
    const time = timeOf(frequency, start + first + i);
    return isNumber ? time : textOfTime(frequency, time);
  });
  const name = key.join(', ');
  const origin = times[before.length - first];
  return {
    series: isOnly ? name : `${name === '' ? '' : `${name} `}from ${origin}`,
    times,
    history: Array.from(before.subarray(first)),
  };
}
