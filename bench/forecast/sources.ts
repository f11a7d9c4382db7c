import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demand } from './demand.ts';

/** A set of series: its file, or how it is written from others, and which columns hold what. */
export type Source = {
  file: string;
  target: string;
  time: string;
  series: string[];
  known: string[];
  horizon: number;
  write?: (data: string, path: string) => void;
};

const ONE = { series: [], known: [] };

/** In the order of what they cost. */
export const SOURCES: Record<string, Source> = {
  airline: { ...ONE, file: 'airline_passengers.csv', target: 'Passengers', time: 'Month', horizon: 12 },
  temperatures: { ...ONE, file: 'daily_min_temperatures.csv', target: 'Temp', time: 'Date', horizon: 14 },
  etth1: { ...ONE, file: 'etth1_hourly.csv', target: 'OT', time: 'date', horizon: 24 },
  retail: {
    ...ONE,
    file: 'aus_retail_turnover.csv',
    target: 'Turnover',
    time: 'Month',
    series: ['Series ID'],
    horizon: 12,
  },
  walmart: {
    file: 'walmart_weekly_sales.csv',
    target: 'Weekly_Sales',
    time: 'Date',
    series: ['Store', 'Dept'],
    known: ['IsHoliday'],
    horizon: 8,
  },
  m4_hourly: {
    ...ONE,
    file: 'm4_hourly.csv',
    target: 'y',
    time: 'ds',
    series: ['unique_id'],
    horizon: 48,
    write: writeM4,
  },
  bike: {
    file: 'bike.csv',
    target: 'cnt',
    time: 'time',
    series: [],
    known: ['holiday', 'weathersit', 'temp', 'hum', 'windspeed'],
    horizon: 24,
    write: writeBike,
  },
  nsw_demand: {
    ...ONE,
    file: 'nsw.csv',
    target: 'nswdemand',
    time: 'step',
    horizon: 48,
    write: writeNewSouthWales,
  },
  demand: {
    file: 'demand.csv',
    target: 'demand',
    time: 'time',
    series: [],
    known: ['temperature', 'holiday'],
    horizon: 48,
    write: (_, path) => writeFileSync(path, demand()),
  },
};

function rowsOf(data: string, file: string): string[][] {
  return readFileSync(join(data, file), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
}

/** The competition's files have one series a row; here one value a row, the test values after the training ones. */
function writeM4(data: string, path: string): void {
  const [train, test] = ['m4_hourly_train.csv', 'm4_hourly_test.csv'].map((file) =>
    rowsOf(data, file).slice(1),
  );
  const lines = train!.flatMap(([id, ...values], row) =>
    [...values.filter((value) => value !== ''), ...test![row]!.slice(1)].map(
      (value, step) => `${id},${step + 1},${value}`,
    ),
  );
  writeFileSync(path, `unique_id,ds,y\n${lines.join('\n')}\n`);
}

/** Date and hour as one time. */
function writeBike(data: string, path: string): void {
  const [header, ...rows] = rowsOf(data, 'bike_sharing_hour.csv');
  const at = (name: string) => header!.indexOf(name);
  const columns = ['holiday', 'weathersit', 'temp', 'hum', 'windspeed', 'cnt'];
  const lines = rows.map((row) => {
    const time = `${row[at('dteday')]} ${row[at('hr')]!.padStart(2, '0')}:00:00`;
    return [time, ...columns.map((name) => row[at(name)])].join(',');
  });
  writeFileSync(path, `time,${columns.join(',')}\n${lines.join('\n')}\n`);
}

/** The half-hours of two and a half years, counted: the file has no dates. */
function writeNewSouthWales(data: string, path: string): void {
  const [header, ...rows] = rowsOf(data, 'electricity_elec2.csv');
  const column = header!.indexOf('nswdemand');
  writeFileSync(path, `step,nswdemand\n${rows.map((row, i) => `${i},${row[column]}`).join('\n')}\n`);
}
