import { trimMarks } from './trim-marks.ts';

const EXTENSION = /\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet|pq|gz|gzip)$/i;
/** Names of files have few: `prices.csv.gz`. */
const MOST_EXTENSIONS = 4;
/** Characters of a file name that are looked at. */
const MOST_CHARACTERS = 1000;

/** A dataset name out of a file name: `Telco Churn.csv.gz` is `telco-churn`. */
export function datasetName(filename: string): string {
  const plain = withoutExtensions(filename.slice(-MOST_CHARACTERS))
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63);
  const name = trimMarks(plain, '-');
  return name === '' ? 'table' : name;
}

function withoutExtensions(filename: string): string {
  let name = filename;
  for (let i = 0; i < MOST_EXTENSIONS; i++) name = name.replace(EXTENSION, '');
  return name;
}
