/** A name for dataset, model and endpoint from a file name: `Telco Churn (2).csv.gz` is `telco-churn-2`. */
export function endpointName(filename: string): string {
  const stem = filename
    .replace(/^.*[\\/]/, '')
    .replace(/(\.(csv|tsv|txt|json|ndjson|jsonl|parquet|pq|gz|gzip))+$/i, '');
  const name = stem
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'table' : name;
}
