/** A dataset name out of a file name: `Telco Churn.csv.gz` is `telco-churn`. */
export function datasetName(filename: string): string {
  const name = filename
    .replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|parquet|pq|gz|gzip))+$/i, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'table' : name;
}
