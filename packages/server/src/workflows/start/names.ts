import { datasetName } from '@slipway/contract';

/** A name for dataset, model and endpoint from the name or path of a file: `Telco Churn (2).csv.gz` is `telco-churn-2`. */
export function endpointName(filename: string): string {
  return datasetName(filename.replace(/^.*[\\/]/, ''));
}
