import { catalogue } from './catalogue.ts';

/** Forecasts. */
export const FORECAST_FAILURES = catalogue({
  'forecast.time-needed': {
    kind: 'unprocessable',
    says: 'A forecast needs the column that holds the time.',
    hint: 'Name it with --time COLUMN.',
  },
  'forecast.time-unreadable': {
    kind: 'unprocessable',
    says: 'The column {column} holds {found}, which are no times.',
    hint: 'Write times as ISO 8601, such as 2024-01-31 or 2024-01-31T13:00:00+01:00, as months, quarters or weeks, such as 2024M01, 01/2024, 2024-Q1 or 2024-W05, or as whole numbers.',
  },
  'forecast.column-missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset}.',
    hint: 'Its columns are: {columns}.',
  },
  'forecast.series-unreadable': {
    kind: 'unprocessable',
    says: 'The column {column} holds fractions, which name no series.',
    hint: 'Name a column of words or whole numbers with --series.',
  },
  'forecast.no-times': {
    kind: 'unprocessable',
    says: 'No row has both a time in {column} and a value.',
    hint: 'Check the names of the time column and of the target.',
  },
  'forecast.one-time': {
    kind: 'unprocessable',
    says: 'No series has two different times in {column}, so there is no step to follow.',
    hint: 'Check the time column, and name the columns that tell series apart with --series.',
  },
  'forecast.irregular': {
    kind: 'unprocessable',
    says: 'The times in {column} follow no step and are too few to be gathered into one.',
    hint: 'Bring them to a regular step first, such as one row a day.',
  },
  'forecast.too-many-series': {
    kind: 'unprocessable',
    says: 'The table has {series} series; the limit is {limit}.',
    hint: 'Forecast groups of series, or sums of them.',
  },
  'forecast.too-short': {
    kind: 'unprocessable',
    says: 'The longest series has {values} values; at least {least} are needed.',
    hint: 'Collect a longer history.',
  },
  'forecast.horizon-too-long': {
    kind: 'unprocessable',
    says: 'Forecasting {horizon} steps cannot be measured on series of at most {values} values.',
    hint: 'Ask for {most} steps at most, or collect a longer history.',
  },
  'forecast.steps-changed': {
    kind: 'unprocessable',
    says: 'The values of {dataset} come {steps} now, and version {version} forecasts values that come {before}.',
    hint: 'The endpoint answers as before. Take the rows back with `slipway data rollback {dataset}`, or train another endpoint on the new steps: `slipway ship {dataset} --name NAME` with the options of this one.',
  },
  'forecast.beyond-horizon': {
    kind: 'unprocessable',
    says: 'The model forecasts up to {last}, not {asked}.',
    hint: 'Ask for a time up to there, send the values known since as "history", or train with a longer horizon.',
  },
  'forecast.before-start': {
    kind: 'unprocessable',
    says: 'The model forecasts from {first} on, not {asked}.',
    hint: 'Ask for a time from there on; earlier values are history.',
  },
  'forecast.off-step': {
    kind: 'unprocessable',
    says: '{asked} lies between two steps: values come {frequency}, such as at {near}.',
    hint: 'Ask for times on the steps that the model was trained on.',
  },
  'forecast.unknown-series': {
    kind: 'unprocessable',
    says: 'The model knows no series {series}.',
    hint: 'Ask for one it was trained on, such as {example}, or retrain with rows of the new one.',
  },
  'forecast.history-gap': {
    kind: 'unprocessable',
    says: 'The history of {series} must go on at {expected}, and goes on at {found}.',
    hint: 'Send every step since the training data ended, in order of time; null where a value is missing.',
  },
});
