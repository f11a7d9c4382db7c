import { catalogue } from './catalogue.ts';

/** Uploads, files and datasets. */
export const INGEST_FAILURES = catalogue({
  'upload.missing': {
    kind: 'missing',
    says: 'There is no upload {id}.',
    hint: 'Upload the file again; unused uploads are removed after a day.',
  },
  'upload.quota-spent': {
    kind: 'too-large',
    says: 'The file goes beyond the {limitBytes} bytes of uploads that this key may have; {usedBytes} bytes are kept.',
    hint: 'Wait until uploads are removed, a day after they came, or ask an owner to raise `http.maxUploadedBytesPerKey`.',
  },
  'file.empty': {
    kind: 'unprocessable',
    says: 'The file {file} is empty.',
    hint: 'Give a file with a header and rows.',
  },
  'file.no-rows': {
    kind: 'unprocessable',
    says: 'The file {file} has a header but no rows.',
    hint: 'Give a file with at least one row of data.',
  },
  'folder.missing': {
    kind: 'missing',
    says: 'There is no folder {folder} to write {file} in.',
    hint: 'Make it, or choose another place with --out.',
  },
  'file.is-folder': {
    kind: 'unprocessable',
    says: '{file} is a folder, not a file.',
    hint: 'Name one file in it.',
  },
  'file.not-found': { kind: 'missing', says: 'There is no file {file}.', hint: 'Check the path.' },
  'file.read-failed': {
    kind: 'unprocessable',
    says: 'The file {file} could not be read: {reason}.',
    hint: 'Check its permissions and that no other program writes to it, then run the command again.',
  },
  'file.unreadable': {
    kind: 'unprocessable',
    says: 'The file {file} cannot be read as {format}: {reason}.',
    hint: 'Supported are CSV, TSV, JSON, NDJSON and Parquet, each also gzipped.',
  },
  'file.binary': {
    kind: 'unsupported',
    says: 'The file {file} cannot be read: it is {what}.',
    hint: '{wayOut} Supported are CSV, TSV, JSON, NDJSON and Parquet, each also gzipped.',
  },
  'file.option-unfit': {
    kind: 'unprocessable',
    says: 'The option `{option}` does not fit the file {file}: {reason}.',
    hint: 'Correct the option, or leave it out: the form of a file is then found by its content.',
  },
  'file.form-unclear': {
    kind: 'unprocessable',
    says: 'The form of the file {file} is unclear: {reason}.',
    hint: 'Say how it is written with {flag}.',
  },
  'file.value-unreadable': {
    kind: 'unprocessable',
    says: '{place} of {file}: the column {column} holds {expected}, and {value} cannot be read as that ({count} of {present} values).',
    hint: 'Correct the values, or say how this file is written: {flag}.',
  },
  'file.column-missing': {
    kind: 'unprocessable',
    says: 'The file {file} has no column {column}; it has {columns}.',
    hint: 'Add the column, or pass `--allow-missing {column}` to read it as missing in every row.',
  },
  'file.column-spelling': {
    kind: 'unprocessable',
    says: 'The file {file} has a column {found} where {column} is expected: the names differ in case, spaces or Unicode form.',
    hint: 'Rename the column to {column}.',
  },
  'file.ragged': {
    kind: 'unprocessable',
    says: 'Line {line} of {file} has {found} fields where the header has {expected}.',
    hint: 'Repair the row, or the quotes around it.',
  },
  'file.too-many-columns': {
    kind: 'unprocessable',
    says: 'The file {file} has {columns} columns; the limit is {limit}.',
    hint: 'Leave out columns that cannot matter, or raise `ingest.maxColumns`.',
  },
  'file.too-many-values': {
    kind: 'too-large',
    says: 'The file {file} of {bytes} bytes holds {values} values ({rows} rows of {columns} columns); the limit is {limit}.',
    hint: 'Give fewer rows or columns, or raise `{setting}` if it is meant to be so large.',
  },
  'file.too-complex': {
    kind: 'unprocessable',
    says: 'The file {file} holds {found}; the limit is {limit}.',
    hint: 'Shorten such names, write such values as text in one column, or leave them out.',
  },
  'file.needs-memory': {
    kind: 'too-large',
    says: 'Reading the file {file} needs more memory than it may take.',
    hint: 'Raise `ingest.memoryLimitMegabytes`, or give fewer columns.',
  },
  'file.needs-disk': {
    kind: 'too-large',
    says: 'Reading the file {file} needs more disk space for temporary files than it may take.',
    hint: 'Raise `ingest.maxScratchBytes`, make room on the disk (three quarters of what is free may be taken), or raise `ingest.memoryLimitMegabytes`.',
  },
  'file.unpacks-too-large': {
    kind: 'too-large',
    says: 'The file {file} unpacks to more than {limitBytes} bytes.',
    hint: 'Send it unpacked, or raise `ingest.maxUnpackedBytes` or `ingest.maxUnpackedRatio` if it is meant to be so large.',
  },
  'file.one-column': {
    kind: 'unprocessable',
    says: 'The file {file} has a single column, so nothing could predict the target.',
    hint: 'Check the delimiter, or give a table with at least two columns.',
  },
  'dataset.missing': {
    kind: 'missing',
    says: 'There is no dataset {name}.',
    hint: '`slipway data list` lists the datasets.',
  },
  'dataset.exists': {
    kind: 'conflict',
    says: 'There is a dataset {name} already.',
    hint: 'Append a version to it, or choose another name.',
  },
  'dataset.version-missing': {
    kind: 'missing',
    says: 'Dataset {name} has no version {version}.',
    hint: '`slipway data versions {name}` lists its versions.',
  },
  'dataset.moved': {
    kind: 'conflict',
    says: 'Dataset {name} has a newer version since.',
    hint: 'Repeat the command; it uses the newest version.',
  },
  'dataset.rollback-unneeded': {
    kind: 'conflict',
    says: 'Version {newest} of dataset {name}, the newest, already holds the same rows as version {version}.',
    hint: 'Choose an earlier version: `slipway data versions {name}` lists them.',
  },
  'dataset.schema-differs': {
    kind: 'unprocessable',
    says: 'The new rows do not fit dataset {name}: {reason}.',
    hint: 'Give a file with the same columns and types, or make a new dataset.',
  },
});
