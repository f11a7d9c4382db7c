import { fail, type SlipwayError } from '@slipway/contract';
import type { ForecastFile } from '../../pack/index.ts';
import {
  describeFrequency,
  type Frequency,
  type SeriesModel,
  stepOf,
  textOfTime,
  timeOf,
} from '../../train/index.ts';
import type { Cell } from '../read-row.ts';

/** Steps by which a time may miss its step. */
const NEARLY = 0.01;
/** Characters of a series' name in a failure. */
const SHOWN = 100;

/** One series and where its forecasts are in the table. */
export type Entry = { series: SeriesModel; index: number };

/** Finds series by their names and steps by their times, and says so when there is none. */
export type SeriesBook = {
  /** Throws `forecast.unknown-series`. */
  find(key: readonly Cell[], path: string): Entry;
  /** Throws `forecast.off-step`. */
  stepAt(time: number, path: string): number;
  /** A time as callers write it. */
  timeText(step: number): string;
  all: readonly Entry[];
};

export function seriesBook({ inputs, seriesColumns, model }: ForecastFile): SeriesBook {
  const entries = model.series.map((series, index): Entry => ({ series, index }));
  const byKey = new Map(entries.map((entry) => [JSON.stringify(entry.series.key), entry]));
  const names = inputs.slice(1, 1 + seriesColumns).map(({ name }) => name);
  const { frequency } = model;
  const isNumber = frequency.kind === 'fixed' && frequency.unit === 'number';
  const textOf = (time: number) => (isNumber ? String(time) : textOfTime(frequency, time));
  return {
    all: entries,
    find(key, path) {
      const found = byKey.get(JSON.stringify(key.map(keyPart)));
      if (found !== undefined) return found;
      const said = (values: readonly unknown[]) => values.map(String).join(', ').slice(0, SHOWN);
      const details = { series: said(key), example: said(entries[0]!.series.key), columns: names };
      throw fail('forecast.unknown-series', details, { path });
    },
    stepAt(time, path) {
      const exact = stepOf(frequency, time);
      const step = frequency.kind === 'month' ? Math.floor(exact) : Math.round(exact);
      // A month is any of its days; a midnight that the clock skips is the hour after it.
      if (frequency.kind === 'month' && Number.isFinite(step)) return step;
      if (Math.abs(exact - step) <= NEARLY || timeOf(frequency, step) === time) return step;
      const near = Number.isFinite(step) ? step : entries[0]!.series.end;
      throw offStep(frequency, textOf(time), textOf(timeOf(frequency, near)), path);
    },
    timeText: (step) => textOf(timeOf(frequency, step)),
  };
}

/** As in the file: missing words are the empty one, yes and no are numbers. */
function keyPart(cell: Cell): string | number {
  if (cell === null) return '';
  return typeof cell === 'boolean' ? Number(cell) : cell;
}

function offStep(frequency: Frequency, asked: string, near: string, path: string): SlipwayError {
  return fail('forecast.off-step', { asked, near, frequency: describeFrequency(frequency) }, { path });
}

/** The words that series are told apart by; none of them means a missing value. */
export function seriesWords({ model }: Pick<ForecastFile, 'model'>): ReadonlySet<string> {
  return new Set(model.series.flatMap(({ key }) => key.map(String)));
}
