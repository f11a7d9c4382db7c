const EXTENSION = /\.\w{1,20}$/;
/** Names of files have few: `orders.csv.gz`. */
const MOST_EXTENSIONS = 4;

/** The name of a file without what follows its dots: `orders` of `orders.csv.gz`. */
export function fileStem(filename: string): string {
  let stem = filename;
  for (let i = 0; i < MOST_EXTENSIONS; i++) stem = stem.replace(EXTENSION, '');
  return stem;
}
