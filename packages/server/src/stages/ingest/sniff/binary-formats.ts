/** A format that is not read, and how to get a table out of it. */
export type BinaryFormat = { what: string; wayOut: string };

type Signature = BinaryFormat & { starts: string; at?: number };

const SPREADSHEET = 'Save the sheet as CSV UTF-8 in the spreadsheet program.';
const PANDAS = 'Write it anew in Python, for example with pandas `to_parquet`.';
const UNPACK = 'Unpack it, or pack the file with gzip.';
const NO_TABLE = 'Give the table that it was made from.';

/** Bytes at the start (or at `at`) of files that are not tables we read, as Latin-1. */
const SIGNATURES: readonly Signature[] = [
  {
    starts: '\xd0\xcf\x11\xe0',
    what: 'a workbook of old Excel (XLS) or another Office document',
    wayOut: SPREADSHEET,
  },
  {
    starts: 'SQLite format 3\0',
    what: 'a SQLite database',
    wayOut: 'Export the table: `sqlite3 -header -csv FILE "select * from TABLE" > table.csv`.',
  },
  { starts: 'Obj\x01', what: 'an Avro file', wayOut: PANDAS },
  { starts: 'ORC', what: 'an ORC file', wayOut: PANDAS },
  {
    starts: 'ARROW1',
    what: 'an Arrow or Feather file',
    wayOut: 'Write it as Parquet, for example with pyarrow `parquet.write_table`.',
  },
  { starts: 'FEA1', what: 'a Feather file', wayOut: PANDAS },
  { starts: '\x89HDF\r\n\x1a\n', what: 'an HDF5 file', wayOut: PANDAS },
  {
    starts: '\x93NUMPY',
    what: 'a NumPy array',
    wayOut: 'Write it with `numpy.savetxt(file, array, delimiter=",")`, with a header.',
  },
  { starts: 'MATLAB 5.0 MAT-file', what: 'a MATLAB file', wayOut: 'Write it with `writetable` as CSV.' },
  { starts: '<stata_dta>', what: 'a Stata file', wayOut: 'Export it as CSV (`export delimited`).' },
  { starts: '$FL2', what: 'an SPSS file', wayOut: 'Export it as CSV.' },
  {
    starts: '\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60',
    what: 'a SAS data set',
    wayOut: 'Export it as CSV (`proc export`).',
  },
  {
    starts: 'RDX3\n',
    what: 'an R workspace',
    wayOut: 'Write the table with `write.csv(table, file, row.names = FALSE)`.',
  },
  {
    starts: 'X\n\0\0\0',
    what: 'an R object (RDS)',
    wayOut: 'Write the table with `write.csv(table, file, row.names = FALSE)`.',
  },
  { starts: '%PDF', what: 'a PDF document', wayOut: NO_TABLE },
  { starts: '{\\rtf', what: 'an RTF document', wayOut: NO_TABLE },
  { starts: '\x89PNG', what: 'a PNG picture', wayOut: NO_TABLE },
  { starts: '\xff\xd8\xff', what: 'a JPEG picture', wayOut: NO_TABLE },
  { starts: 'GIF8', what: 'a GIF picture', wayOut: NO_TABLE },
  { starts: '\x7fELF', what: 'a program', wayOut: NO_TABLE },
  { starts: '\x28\xb5\x2f\xfd', what: 'a file packed with Zstandard', wayOut: UNPACK },
  { starts: 'BZh', what: 'a file packed with bzip2', wayOut: UNPACK },
  { starts: '\xfd7zXZ', what: 'a file packed with xz', wayOut: UNPACK },
  { starts: '7z\xbc\xaf\x27\x1c', what: 'a 7-Zip archive', wayOut: UNPACK },
  { starts: 'Rar!', what: 'a RAR archive', wayOut: UNPACK },
  { starts: 'ustar', at: 257, what: 'a tar archive', wayOut: 'Unpack it and give the table in it.' },
];

const ZIP = ['PK\x03\x04', 'PK\x05\x06'];
/** Protocol 2 to 5, and the operation that a pickle starts with. */
const PICKLE = ['\x02', '\x03', '\x04', '\x05'].map((protocol) => `\x80${protocol}`);
const PICKLE_STARTS = '\x95c}](KX\x8c';

/** What a file is that is certainly no table that we read; null where it may be text. */
export function binaryFormat(head: Uint8Array): BinaryFormat | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  if (ZIP.some((start) => bytes.startsWith(start))) return zipFormat(bytes);
  if (PICKLE.includes(bytes.slice(0, 2)) && PICKLE_STARTS.includes(bytes[2] ?? ' '))
    return { what: 'a Python pickle', wayOut: PANDAS };
  const signature = SIGNATURES.find(({ starts, at = 0 }) => bytes.startsWith(starts, at));
  return signature ?? markup(bytes) ?? sparseText(bytes);
}

/** Names of the first files in an archive tell what it is. */
function zipFormat(bytes: string): BinaryFormat {
  if (bytes.includes('opendocument.spreadsheet'))
    return { what: 'an OpenDocument spreadsheet (ODS)', wayOut: SPREADSHEET };
  if (bytes.includes('xl/')) return { what: 'an Excel workbook (XLSX)', wayOut: SPREADSHEET };
  if (bytes.includes('[Content_Types].xml'))
    return { what: 'an Excel workbook (XLSX) or another Office document', wayOut: SPREADSHEET };
  if (bytes.includes('.npy')) return { what: 'a file of NumPy arrays', wayOut: PANDAS };
  return { what: 'a ZIP archive', wayOut: 'Unpack it and give the table in it.' };
}

function markup(bytes: string): BinaryFormat | null {
  const start = bytes
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .slice(0, 200)
    .toLowerCase();
  const wayOut = 'Export the table as CSV from the program that shows it.';
  if (/^<(?:!doctype html|html|head|table|meta|style)\b/.test(start)) return { what: 'an HTML page', wayOut };
  if (start.startsWith('<?xml') && bytes.includes('schemas-microsoft-com:office:spreadsheet'))
    return { what: 'an Excel workbook in XML', wayOut: SPREADSHEET };
  if (start.startsWith('<?xml')) return { what: 'an XML document', wayOut };
  return null;
}

/** Forms of text that a reader of columns would take for one column. */
function sparseText(bytes: string): BinaryFormat | null {
  const [first = ''] = bytes
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '' && !line.startsWith('%'));
  if (/^@relation\s/i.test(first)) {
    return { what: 'an ARFF file of Weka', wayOut: 'Save it as CSV in Weka, or write it anew with pandas.' };
  }
  if (/^[-+]?\d+(?:\.\d+)?(?: \d+:[-+.\deE]+)+\s*(?:#.*)?$/.test(first)) {
    return { what: 'a file of LibSVM', wayOut: 'Write it as CSV, with a column for each feature.' };
  }
  return null;
}
