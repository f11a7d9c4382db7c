import type { PredictResponse } from '@slipway/contract';
import type { Table } from '../../stages/ingest/index.ts';
import type { PredictFileInput, PredictFileOutput } from '../model.ts';
import { askEndpoint } from './ask-endpoint.ts';
import type { JobPorts } from './job-ports.ts';
import { fileWriter } from './prediction-file.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

/**
 * Writes the next steps of a forecast: the time and series of each, in local time where the dataset has one, and the answer
 * beside them. Throws what the endpoint answers, such as `forecast.beyond-horizon`.
 */
export async function predictAhead(
  { endpoint, ahead, format }: Extract<PredictFileInput, { ahead: unknown }>,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<PredictFileOutput> {
  const url = ports.predictUrl(endpoint);
  const response = await retryWhileBusy(() => askEndpoint(url, ports, ahead, signal), signal);
  const steps = stepsOf(response);
  const stored = await ports.objects.put(fileWriter(format)(steps, response, true));
  return { ...stored, rows: steps.rows, filename: `${endpoint}.forecast.${format}` };
}

/** The times and the columns that name the series, as text. */
function stepsOf({ predictions }: PredictResponse): Table {
  const rows = predictions.map(({ row = {}, time }) => {
    // The time is the first column.
    const [moment, ...series] = Object.entries(row);
    return moment === undefined ? [] : [[moment[0], time ?? moment[1]] as const, ...series];
  });
  const names = (rows[0] ?? []).map(([name]) => name);
  return {
    rows: rows.length,
    columns: names.map((name, i) => ({
      name,
      type: 'string',
      codes: Int32Array.from(rows, (row, at) => (row[i]?.[1] === null ? -1 : at)),
      dictionary: rows.map((row) => String(row[i]?.[1])),
    })),
  };
}
