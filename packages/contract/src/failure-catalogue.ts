import { catalogue } from './failures.ts';

/**
 * Every failure Slipway can report, by code. `says` is one sentence about what happened and may name details in
 * braces; `hint` is the way out. Codes are `noun.problem` and never change their meaning.
 */
export const FAILURES = catalogue({
  // ── the edge ────────────────────────────────────────────────────────────────────────────────────────────────
  'request.invalid': {
    kind: 'invalid',
    says: 'The request is not valid: {reason}.',
    hint: 'Correct the field named in `path` and send it again.',
  },
  'request.bad-json': {
    kind: 'invalid',
    says: 'The body is not valid JSON: {reason}.',
    hint: 'Send one JSON document, UTF-8 encoded.',
  },
  'request.too-large': {
    kind: 'too-large',
    says: 'The body is larger than the limit of {limitBytes} bytes.',
    hint: 'Send fewer rows at a time, or upload a file instead.',
  },
  'request.too-slow': {
    kind: 'invalid',
    says: 'The body did not arrive in time: {seconds} s were spent waiting for it.',
    hint: 'Send it over a faster connection, or raise `http.bodyTimeoutMs` or lower `http.minUploadBytesPerSecond`.',
  },
  'request.rate-limited': {
    kind: 'busy',
    says: 'This key may send {limit} requests a second, and sent more.',
    hint: 'Wait as many seconds as Retry-After says, or raise `http.rateLimitPerSecond`.',
  },
  'request.too-many-at-once': {
    kind: 'busy',
    says: 'This key has {limit} {what} under way, as many as it may have.',
    hint: 'Wait until one of them ends, or raise `{setting}`.',
  },
  'access.locked-out': {
    kind: 'busy',
    says: 'Too many wrong keys came from this address; further keys are refused for {retryAfterSeconds} s.',
    hint: 'Wait as many seconds as Retry-After says. Keys that were accepted since the server started are not affected.',
  },
  'request.too-complex': {
    kind: 'too-large',
    says: 'The body holds more than {limit} {what}.',
    hint: 'Send less at a time, or upload a file instead.',
  },
  'request.bad-encoding': {
    kind: 'invalid',
    says: 'The body is not what its Content-Encoding says.',
    hint: 'Compress the whole body with gzip or zlib (deflate), or send it as it is.',
  },
  'request.unsupported-media': {
    kind: 'unsupported',
    says: 'The content type {contentType} is not accepted here.',
    hint: 'Send application/json, or application/octet-stream for uploads.',
  },
  'route.missing': {
    kind: 'missing',
    says: 'There is no {method} {path}.',
    hint: 'See /api/openapi.json for every operation.',
  },
  'access.unauthenticated': {
    kind: 'unauthenticated',
    says: 'This call needs a valid key.',
    hint: 'Send `Authorization: Bearer <key>`: to the platform an API key (the owner key lies in its data folder), to an endpoint one of its tokens.',
  },
  'access.forbidden': {
    kind: 'forbidden',
    says: 'This key may not {permission}.',
    hint: 'Ask an owner for a key with that permission.',
  },
  'access.foreign-host': {
    kind: 'forbidden',
    says: 'The Host header {host} is not one this server answers to.',
    hint: 'Call the address that `slipway up` printed, or add the name to `http.allowedHosts`.',
  },
  'audit.anchor-unreadable': {
    kind: 'conflict',
    says: 'The anchor of the audit log, {file}, is damaged.',
    hint: 'Restore the file from a backup, or remove it and run `slipway audit verify --anchor` with an entry that you kept elsewhere.',
  },
  'key.missing': { kind: 'missing', says: 'There is no key {id}.', hint: 'List the keys to see their ids.' },
  'key.last': {
    kind: 'conflict',
    says: 'The key {id} is the last one that may make keys; without it no more keys could be made.',
    hint: 'Make another key with the role owner or admin first: `slipway keys add NAME --role owner`.',
  },
  'token.missing': {
    kind: 'missing',
    says: 'There is no token {id}.',
    hint: 'List the tokens of the endpoint to see their ids.',
  },
  'operation.not-yet': {
    kind: 'not-yet',
    says: '{what} is not built yet.',
    hint: 'See the CHANGELOG for what works today.',
  },
  internal: {
    kind: 'internal',
    says: 'Something failed inside Slipway.',
    hint: 'The log has the cause under this request id.',
  },
  // ── ingest ──────────────────────────────────────────────────────────────────────────────────────────────────
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
  'object.corrupt': {
    kind: 'conflict',
    says: 'The stored object {sha256} does not match its hash.',
    hint: 'Restore it from a backup; nothing was served from it.',
  },
  'object.missing': {
    kind: 'conflict',
    says: 'The stored object {sha256} is gone.',
    hint: 'Restore the data folder from a backup.',
  },
  'start.too-few-files': {
    kind: 'unavailable',
    says: 'Slipway may not open as many files as it needs.',
    hint: 'Raise the limit: `ulimit -n 4096` in the shell, `LimitNOFILE=4096` in a systemd unit.',
  },
  'start.out-of-memory': {
    kind: 'unavailable',
    says: 'Slipway could not start: out of memory, of which this machine or container has {limitMegabytes} MiB.',
    hint: 'Slipway needs 512 MiB, and 1 GiB to train; a new data folder of an installation without its prepared database needs 1 GiB once. Raise the limit of the container (`docker run --memory`), or stop other programs.',
  },
  'start.failed': {
    kind: 'unavailable',
    says: 'Slipway could not start: {reason}.',
    hint: '`slipway doctor` checks the machine; DEBUG=1 in the environment shows where it failed.',
  },
  'storage.damaged': {
    kind: 'conflict',
    says: 'The database in {folder} cannot be opened: {reason}.',
    hint: 'Restore the data folder from a backup. Nothing in it was changed or removed.',
  },
  'storage.full': {
    kind: 'storage-full',
    says: 'There is no room left on the disk of the data folder.',
    hint: 'Free some space; everything acknowledged so far is kept.',
  },
  'storage.locked': {
    kind: 'conflict',
    says: 'The data folder {folder} is in use by process {pid}.',
    hint: 'If a Slipway is starting there, try again in some seconds; else stop that process, or choose another folder with --data.',
  },
  'storage.not-a-data-folder': {
    kind: 'conflict',
    says: 'Slipway cannot keep its data in {folder}: {reason}.',
    hint: 'Name a new folder, an empty one, or an existing data folder of Slipway with --data (SLIPWAY_DATA). Nothing was changed.',
  },
  'storage.foreign-owner': {
    kind: 'forbidden',
    says: 'The data folder {folder} belongs to user {owner}, and Slipway runs as user {user}.',
    hint: 'Nothing was changed. Run Slipway as the owner, or take the folder over with `chown -R`. To accept it, as for a mounted volume, give --allow-foreign-files (SLIPWAY_STORAGE_ALLOW_FOREIGN_FILES=true).',
  },
  'storage.open-to-others': {
    kind: 'forbidden',
    says: 'The data folder {folder} has mode {mode}: its group or other users can write to it, and may have put files there.',
    hint: 'Nothing was changed. Look for files that Slipway did not write, then run `chmod 700` on the folder. To accept it, as for a mounted volume, give --allow-foreign-files (SLIPWAY_STORAGE_ALLOW_FOREIGN_FILES=true).',
  },
  'storage.marker-unreadable': {
    kind: 'conflict',
    says: 'The marker of the data folder, {file}, cannot be read: {reason}.',
    hint: 'Restore that file from a backup. Without one, delete it: a data folder with its database and owner key is recognised and marked anew.',
  },
  'storage.unwritable': {
    kind: 'forbidden',
    says: 'The data folder {folder} cannot be written: {reason}.',
    hint: 'Give the user that runs Slipway the right to write there, or choose another folder with --data.',
  },
  'storage.in-use': {
    kind: 'conflict',
    says: 'The database is in use by another server: {holder}, since {since}.',
    hint: 'Stop that server, or give this one a database of its own.',
  },
  'storage.implausible-removal': {
    kind: 'conflict',
    says: 'Nothing was removed: {reason}. The database may not be the one of this data folder.',
    hint: 'Check the database and the data folder, and restore what is missing. If the two are right, `slipway storage clean --force` moves what is unused to the trash, from which `slipway storage restore` puts it back.',
  },
  'storage.empty-database': {
    kind: 'conflict',
    says: 'The data folder {folder} holds objects or models, and its database has no rows: it is new, or another one.',
    hint: 'Nothing was changed. Restore the database, or correct `database.url`. To go on with this database (datasets and models it does not name cannot be reached), start once with `slipway up --adopt-database`.',
  },
  'storage.foreign-database': {
    kind: 'conflict',
    says: 'The database belongs to another data folder: it records the installation {recorded}, and {folder} is the installation {installation}.',
    hint: 'No data was changed. Correct `--data` or `database.url`. After a restore, when the two do belong together, start once with `slipway up --adopt-database`.',
  },
  'storage.newer': {
    kind: 'conflict',
    says: 'The data folder was written by a newer Slipway.',
    hint: 'Upgrade Slipway, or restore an older backup.',
  },
  'storage.unavailable': {
    kind: 'unavailable',
    says: 'The database does not answer: {reason}.',
    hint: 'Nothing was kept of this call; try again when the database is back.',
  },
  // ── the target ──────────────────────────────────────────────────────────────────────────────────────────────
  'task.unsupported': {
    kind: 'invalid',
    says: 'The task {task} is not supported; supported are {supported}.',
    hint: '{instead} `docs/lifecycle.md` lists the tasks that are supported and those that are not.',
  },
  'target.needed': {
    kind: 'invalid',
    says: 'No target is named: every model predicts one column.',
    hint: 'Name the column to predict with --target. Without one, clustering and anomaly detection are not supported: label some rows with `slipway label open` first; drift of traffic is reported by `slipway monitor`.',
  },
  'target.several': {
    kind: 'invalid',
    says: 'One model predicts one target, not several: {targets}.',
    hint: 'Train one model for each target, and leave the other targets out with --exclude. To predict a combination of columns, add a column that holds it.',
  },
  'target.missing': {
    kind: 'unprocessable',
    says: 'There is no column {target} in {dataset}.',
    hint: 'Its columns are: {columns}.',
  },
  'exclude.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to leave out.',
    hint: 'Its columns are: {columns}.',
  },
  'fairness.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} whose groups could be compared.',
    hint: 'Its columns are: {columns}.',
  },
  'leakage.column-missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to allow in spite of leakage.',
    hint: 'Its columns are: {columns}.',
  },
  'target.constant': {
    kind: 'unprocessable',
    says: 'The target {target} has the same value in every row, so there is nothing to learn.',
    hint: 'Choose a target that varies.',
  },
  'target.all-null': {
    kind: 'unprocessable',
    says: 'The target {target} is missing in every row.',
    hint: 'Choose a target that is filled, or label some rows first.',
  },
  'target.too-many-classes': {
    kind: 'unprocessable',
    says: 'The target {target} has {classes} distinct classes; the limit is {limit}.',
    hint: 'Use --task regression for a number, or group the rare classes.',
  },
  'target.too-few-rows': {
    kind: 'unprocessable',
    says: 'Only {rows} rows have a value for {target}; at least {least} are needed.',
    hint: 'Collect or label more rows.',
  },
  'target.not-numeric': {
    kind: 'unprocessable',
    says: 'The target {target} is not a number, so the task cannot be regression.',
    hint: 'Use --task binary or --task multiclass.',
  },
  'target.not-binary': {
    kind: 'unprocessable',
    says: 'The target {target} has {classes} classes, so the task cannot be binary.',
    hint: 'Use --task multiclass.',
  },
  'target.changed': {
    kind: 'unprocessable',
    says: 'The target {target} does not fit version {version}, which was trained as {task}: {reason}.',
    hint: 'The endpoint answers as before. Take wrong rows back with `slipway data rollback {dataset}`, or train another model on the new target: `slipway ship {dataset} --target {target} --name NAME`.',
  },
  'columns.none-usable': {
    kind: 'unprocessable',
    says: 'No column of {dataset} can be used to predict {target}: {reasons}.',
    hint: 'Add columns that are neither identifiers nor constant. --allow-leakage COLUMN keeps a copy of the target that is known when a prediction is made.',
  },
  'time.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} of dates or numbers in {dataset} to order rows by.',
    hint: 'Its columns that could are: {columns}.',
  },
  // ── forecasts ───────────────────────────────────────────────────────────────────────────────────────────────
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
  // ── training ────────────────────────────────────────────────────────────────────────────────────────────────
  'group.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to group rows by.',
    hint: 'Its columns are: {columns}.',
  },
  'group.too-few': {
    kind: 'unprocessable',
    says: 'The column {column} parts the rows into {groups} groups; at least {least} are needed.',
    hint: 'Choose a column with more values, such as the customer or the patient, or leave --group out.',
  },
  'recency.unfit': {
    kind: 'unprocessable',
    says: 'The recency of the retraining does not fit {dataset}: {reason}.',
    hint: 'Choose a longer window or a half-life, name a time column with --recent-by, or retrain with --all-rows.',
  },
  'weight.missing': {
    kind: 'unprocessable',
    says: 'There is no column {column} in {dataset} to weigh rows by.',
    hint: 'Its columns are: {columns}.',
  },
  'weight.unfit': {
    kind: 'unprocessable',
    says: 'The column {column} cannot weigh the rows of {dataset}: {reason}.',
    hint: 'Weights are numbers from 0 up, one for each row; choose another column or leave --weight out.',
  },
  'metric.unfit': {
    kind: 'unprocessable',
    says: 'The metric {metric} does not apply to a {task} task.',
    hint: 'Choose one of: {known}.',
  },
  'costs.unfit': {
    kind: 'unprocessable',
    says: 'The costs do not fit a {task} model: {reason}.',
    hint: 'Name classes of several as TRUE:PREDICTED=COST, such as cat:dog=5; leave the costs out for numbers and forecasts.',
  },
  'costs.class-missing': {
    kind: 'unprocessable',
    says: 'The costs name the class {class}, which {target} does not have.',
    hint: 'Nearest is {nearest}. The classes are {known}.',
  },
  'costs.one-answer': {
    kind: 'unprocessable',
    says: 'With these costs answering {class} never costs more than another answer, so that every row would be answered so.',
    hint: 'Give the wrong answer {class} a cost above the right answers of other classes.',
  },
  'threshold.unfit': {
    kind: 'unprocessable',
    says: 'A threshold is of binary models; a {task} model does not answer by a threshold.',
    hint: 'Leave the threshold out: endpoints answer with the most probable of several classes, and with the number itself.',
  },
  'metric.undefined': {
    kind: 'unprocessable',
    says: 'The metric {metric} is not defined on this target.',
    hint: 'MAPE needs a target without zeros, RMSLE one above -1, and areas under curves both classes; choose another metric.',
  },
  'gate.unreadable': {
    kind: 'invalid',
    says: 'The gate {gate} cannot be read: {reason}.',
    hint: 'Write it as METRIC>=NUMBER [on SET] [where COLUMN=VALUE] [by COLUMN], such as "recall>=0.7 on orders-march".',
  },
  'gate.metric-unknown': {
    kind: 'unprocessable',
    says: 'The gate {gate} names the metric {metric}, which a {task} model does not have.',
    hint: 'Choose one of: {known}.',
  },
  'gate.set-unknown': {
    kind: 'unprocessable',
    says: 'The gate {gate} names the set {set}, which the model is not validated on.',
    hint: 'Add the dataset with --validate-on (`validateOn`), or name one of: {known}.',
  },
  'gate.column-missing': {
    kind: 'unprocessable',
    says: 'The gate {gate} names the column {column}, which {dataset} does not have.',
    hint: 'Its columns are: {columns}.',
  },
  'gate.value-unfit': {
    kind: 'unprocessable',
    says: 'The gate {gate} compares {column}, a column of {type} values, with {value}.',
    hint: 'Compare numbers with a number, times with an ISO 8601 time, booleans with true or false, and texts by = and != only.',
  },
  'validation.unfit': {
    kind: 'unprocessable',
    says: 'The model cannot be validated on {dataset}: {reason}.',
    hint: '`slipway data show {dataset}` shows its columns; a set needs the target and the columns that the model takes.',
  },
  'train.needs-memory': {
    kind: 'too-large',
    says: 'Training on the {rows} rows of {dataset} needs {neededMegabytes} MiB of memory; {limitMegabytes} MiB are allowed.',
    hint: 'Raise `work.trainingMemoryMegabytes`, or give a dataset with fewer rows or columns.',
  },
  'train.learner-unknown': {
    kind: 'unprocessable',
    says: 'There is no learner {learner} for this task.',
    hint: 'Choose one of: {known}.',
  },
  'train.learner-needed': {
    kind: 'invalid',
    says: 'The field {field} says nothing without a learner.',
    hint: 'Name the learner that it is of, such as boosted-trees.',
  },
  'train.params-invalid': {
    kind: 'invalid',
    says: 'The parameter {name} cannot be fixed so: {reason}.',
    hint: 'Names and meanings follow LightGBM where it has them; what is left out keeps its default.',
  },
  'train.space-invalid': {
    kind: 'invalid',
    says: 'The parameter {name} cannot be searched so: {reason}.',
    hint: 'A space looks like { "leaves": { "low": 8, "high": 128, "log": true }, "extraTrees": [true, false] }.',
  },
  // ── work ────────────────────────────────────────────────────────────────────────────────────────────────────
  'job.missing': {
    kind: 'missing',
    says: 'There is no job {id}.',
    hint: '`slipway status` shows the jobs there are.',
  },
  'job.no-artifact': {
    kind: 'conflict',
    says: 'Job {id} has no file to download.',
    hint: 'Wait until it is done; what a job made is kept for a week.',
  },
  'job.cancelled': {
    kind: 'conflict',
    says: 'The job was cancelled.',
    hint: 'Start it again when you want it.',
  },
  'job.crashed': {
    kind: 'internal',
    says: 'The worker process crashed {attempts} times while it ran this job.',
    hint: 'See the log of the worker; the job may need more memory.',
  },
  'job.too-slow': {
    kind: 'unprocessable',
    says: 'The job was ended: it took more than {limitSeconds} s of processor time.',
    hint: 'Give it less at a time (fewer rows, columns or nodes), or raise `{setting}`. It is not retried automatically.',
  },
  'job.too-many-processes': {
    kind: 'unprocessable',
    says: 'The job was ended: it had more than {limit} processes and threads.',
    hint: 'Raise `{setting}` if it is meant to have so many. It is not retried automatically.',
  },
  'job.out-of-memory': {
    kind: 'too-large',
    says: 'The job was ended: it took more than {limitMegabytes} MiB of memory.',
    hint: 'Give it less at a time (fewer rows, columns or nodes), or raise `{setting}`; where that follows from a small memory, give the machine or container more. It is not retried automatically.',
  },
  'job.killed-for-memory': {
    kind: 'too-large',
    says: 'Out of memory: the kernel ended the job, since this machine or container has no more than {limitMegabytes} MiB.',
    hint: 'Give it less at a time (fewer rows, columns or nodes), or raise the limit (`docker run --memory`, `MemoryMax=` of a systemd unit). It is not retried automatically.',
  },
  'training.needs-memory': {
    kind: 'unavailable',
    says: 'A training needs {neededMegabytes} MiB of memory; this machine or container has {limitMegabytes} MiB.',
    hint: 'Raise the limit (`docker run --memory`, `MemoryMax=` of a systemd unit), or train elsewhere and import the model. `work.jobMemoryMegabytes` tries it all the same with so much.',
  },
  'job.stalled': {
    kind: 'unavailable',
    says: 'The job was ended: for {limitSeconds} s it reported no progress and used hardly any processor time.',
    hint: 'Start it again. If the storage of the data folder or an endpoint is as slow as that, raise `work.jobStalledSeconds`.',
  },
  'job.stale': {
    kind: 'conflict',
    says: 'Job {id} is no longer in the hands of this worker.',
    hint: 'Stop working on it: its result would not be kept.',
  },
  'pipeline-run.missing': {
    kind: 'missing',
    says: 'There is no pipeline run {id}.',
    hint: '`slipway pipelines list` lists the pipeline runs.',
  },
  'pipeline-run.not-acceptable': {
    kind: 'conflict',
    says: 'The rows of pipeline run {id} cannot be accepted: {reason}.',
    hint: '`slipway pipelines show {id}` shows what it came to. New rows are taken by `slipway retrain`.',
  },
  'pipeline-run.running': {
    kind: 'conflict',
    says: 'A pipeline run of {name} is under way: {id}.',
    hint: 'Wait until it ends, or cancel it.',
  },
  'run.missing': {
    kind: 'missing',
    says: 'There is no run {id}.',
    hint: '`slipway runs list` shows the runs there are.',
  },
  'run.not-searching': {
    kind: 'conflict',
    says: 'Run {id} is not searching, so there is nothing to stop.',
    hint: 'Only a run whose search is in progress can be stopped early.',
  },
  // ── models and endpoints ────────────────────────────────────────────────────────────────────────────────────
  'model.missing': {
    kind: 'missing',
    says: 'There is no model {name}.',
    hint: '`slipway models list` shows the models there are.',
  },
  'model.version-missing': {
    kind: 'missing',
    says: 'Model {name} has no version {version}.',
    hint: '`slipway models show {name}` lists its versions.',
  },
  'alias.conflict': {
    kind: 'conflict',
    says: 'Alias {alias} of model {name} points at version {found}, not {expected}.',
    hint: 'Look at what changed, then try again.',
  },
  'bundle.invalid': {
    kind: 'unprocessable',
    says: 'The bundle is not valid: {reason}.',
    hint: 'Build it again; a bundle whose signature does not hold is never loaded.',
  },
  'export.image-missing': {
    kind: 'unprocessable',
    says: 'An export for Kubernetes needs the image that its pods run.',
    hint: 'Give `--image registry.example/team/name`, or set `pack.imageRegistry` for all exports.',
  },
  'parity.broken': {
    kind: 'internal',
    says: 'The exported model answers differently from the trained one on row {row}: {expected} against {got}.',
    hint: 'This is a defect of Slipway; please report it with the data schema.',
  },
  // ── imported models ─────────────────────────────────────────────────────────────────────────────────────────
  'model.not-onnx': {
    kind: 'unprocessable',
    says: 'The file {file} is no ONNX model: {reason}.',
    hint: 'Give a .onnx file, or an MLflow model’s folder with an onnx flavor; most frameworks export ONNX.',
  },
  'model.refused': {
    kind: 'unprocessable',
    says: 'The model {file} is not taken: {reason}.',
    hint: 'Export it again as one self-contained ONNX file, checked with onnx.checker.',
  },
  'model.external-data': {
    kind: 'unprocessable',
    says: 'The model {file} stores tensor data in the file {data}, which was not uploaded with it.',
    hint: "Import the folder that holds both (slipway models import FOLDER; over the API as tar or zip), or write one file: onnx.save_model(onnx.load('{file}'), '{file}', save_as_external_data=False).",
  },
  'model.pickle': {
    kind: 'unprocessable',
    says: 'The file {file} is a pickle, which could run any program while it is read.',
    hint: 'Export the model as ONNX; pickles are never opened here.',
  },
  'model.no-onnx-flavor': {
    kind: 'unprocessable',
    says: 'The MLflow model {file} has no onnx flavor; its flavors are {flavors}.',
    hint: 'Log it with mlflow.onnx.log_model.',
  },
  'model.custom-operators': {
    kind: 'unprocessable',
    says: 'The model {file} needs operators of the domain {domain} that ONNX Runtime does not have: {operators}.',
    hint: 'Export it without custom operators, or with their definitions as functions of the model.',
  },
  'model.needs-example': {
    kind: 'unprocessable',
    says: 'The model {file} took none of the inputs that were made from its shapes: {reason}.',
    hint: 'Give an input that it takes, with --example FILE.',
  },
  'model.fails': {
    kind: 'unprocessable',
    says: 'The model {file} failed while it was tried: {reason}.',
    hint: 'It ran in a process of its own and nothing was kept; run it in ONNX Runtime yourself to find out more.',
  },
  'model.refused-by-runtime': {
    kind: 'unprocessable',
    says: 'ONNX Runtime does not load the model: {reason}.',
    hint: 'Export it for an opset that the runtime knows, or choose an execution provider that this machine has.',
  },
  'model.run-failed': {
    kind: 'unprocessable',
    says: 'The model failed on this input: {reason}.',
    hint: 'Send tensors of the shapes that the model’s metadata names.',
  },
  'model.lost': {
    kind: 'unavailable',
    says: 'The process that ran the model is gone: {reason}.',
    hint: 'It is restarted automatically; send the request again.',
  },
  'model.resting': {
    kind: 'unavailable',
    says: 'The process of the model of endpoint {name} crashed {deaths} times in a row; the circuit breaker is open.',
    hint: 'Send the request again after the time in Retry-After; if it keeps crashing, go back to the version before with `slipway rollback`.',
  },
  'model.made-elsewhere': {
    kind: 'unprocessable',
    says: 'Model {name} was not trained here: it was imported or is an inference graph, so there is no training data to compare with or to train on again.',
    hint: 'Import a newer version of it, declare the graph again with newer versions of its models, or ship a model from a table.',
  },
  'model.exists': {
    kind: 'conflict',
    says: 'There is a model {name} already, and it is of another kind: {reason}.',
    hint: 'Choose another --name.',
  },
  'optimize.unfit': {
    kind: 'unprocessable',
    says: 'The model cannot be optimized: {reason}.',
    hint: 'Models of trees, linear terms and networks that were trained here can be, and imported ONNX graphs.',
  },
  'optimize.no-data': {
    kind: 'unprocessable',
    says: 'There is no data to evaluate compressed variants of {name} on: {reason}.',
    hint: 'Give some with --on FILE; see docs/optimize.md for the forms that it may have.',
  },
  'optimize.bad-data': {
    kind: 'unprocessable',
    says: 'The data does not fit the model: {reason}.',
    hint: 'Give a table with the model’s columns, or an .npz or JSON file with its tensors and `labels`.',
  },
  'endpoint.missing': {
    kind: 'missing',
    says: 'There is no endpoint {name}.',
    hint: '`slipway endpoints list` shows the endpoints there are.',
  },
  'endpoint.exists': {
    kind: 'conflict',
    says: 'There is an endpoint {name} already, which {serves}.',
    hint: 'Check the name of the model and of the endpoint, or choose another name for the endpoint. `slipway endpoints show {name}` tells more of the one there is.',
  },
  'model.other-target': {
    kind: 'conflict',
    says: 'The model {name} predicts {predicts}, and its versions cannot predict {target}.',
    hint: 'If {predicts} is meant, correct the target. To predict {target} too, give its model a name of its own: --name NAME.',
  },
  'endpoint.conflict': {
    kind: 'conflict',
    says: 'Endpoint {name} is at revision {found}, not {expected}.',
    hint: 'Look at what changed, then try again.',
  },
  'endpoint.no-former': {
    kind: 'conflict',
    says: 'Endpoint {name} has no previous version to roll back to.',
    hint: 'Promote a version first.',
  },
  'endpoint.bad-spec': {
    kind: 'unprocessable',
    says: 'The endpoint’s spec is not valid: {reason}.',
    hint: 'Correct the field named in `path`; `slipway endpoints show NAME --spec` prints one that works.',
  },
  'graph.missing-column': {
    kind: 'unprocessable',
    says: 'Node {node} ({model}) of the inference graph needs the column {column}.',
    hint: 'Send a value for it in every row that the node answers; null where it is missing.',
  },
  'graph.not-finite': {
    kind: 'unprocessable',
    says: 'Node {node} of the inference graph gave a prediction that is not a finite number.',
    hint: 'Look for a value in the row that is too large for a model; `?nodes=true` shows the prediction of each node.',
  },
  'graph.node-failed': {
    kind: 'unprocessable',
    says: 'Node {node} ({model}) of the inference graph cannot predict: {reason}.',
    hint: 'Correct the row; an endpoint of {model} reports the same error in full.',
  },
  'graph.model-unavailable': {
    kind: 'unavailable',
    says: 'Node {node} ({model}) of the inference graph cannot predict now: {reason}.',
    hint: 'Its process is started again automatically; try again after the time in Retry-After. Rows that the node does not answer are not affected.',
  },
  'graph.no-explanation': {
    kind: 'not-yet',
    says: '{name} is an inference graph; predictions of graphs cannot be explained.',
    hint: 'Add `?nodes=true` for the prediction of each node, or use `?explain=true` at an endpoint of one of its models.',
  },
  'graph.not-asked': {
    kind: 'unprocessable',
    says: 'Endpoint {name} serves no inference graph, so there are no nodes to show.',
    hint: 'Leave ?nodes=true out.',
  },
  'graph.unfit': {
    kind: 'unprocessable',
    says: '{name} is an inference graph, which {reason}.',
    hint: 'Name one of the models that the graph is made of; `slipway endpoints show ENDPOINT` lists them.',
  },
  'endpoint.paused': {
    kind: 'unavailable',
    says: 'Endpoint {name} is paused.',
    hint: '`slipway endpoints resume {name}` resumes it.',
  },
  'endpoint.rate-limited': {
    kind: 'busy',
    says: 'All callers of endpoint {name} together may send {limit} requests a second, and sent more.',
    hint: 'Wait as many seconds as Retry-After says, or declare a higher limit.',
  },
  'endpoint.not-ready': {
    kind: 'unavailable',
    says: 'Endpoint {name} is not ready.',
    hint: 'Try again in a moment.',
  },
  'endpoint.waking': {
    kind: 'unavailable',
    says: 'Endpoint {name} was scaled to zero, and its model did not load within {seconds} s.',
    hint: 'Send the request again: the model is loading. Set `scaling.min` to 1 to avoid cold starts.',
  },
  'endpoint.load-failed': {
    kind: 'unavailable',
    says: 'Version {version} of {name} did not load: {reason}.',
    hint: '{consequence}.',
  },
  'rollout.none': {
    kind: 'conflict',
    says: 'No version is being rolled out at endpoint {name}, and version {version} answers already.',
    hint: 'Name the version to promote.',
  },
  'dataplane.unavailable': {
    kind: 'unavailable',
    says: 'The inference process is not running: {reason}.',
    hint: 'It is restarted automatically; try again in a moment, and see `logs/control.log` if it does not come back.',
  },
  'endpoint.version-not-served': {
    kind: 'missing',
    says: 'Endpoint {name} does not serve version {version} now.',
    hint: 'Call it without a version, or one of the versions that its metadata lists.',
  },
  'endpoint.ambiguous': {
    kind: 'invalid',
    says: 'The request does not say which endpoint it is for.',
    hint: 'Send the header X-Slipway-Endpoint, or call /endpoints/NAME/invocations.',
  },
  'predict.unknown-column': {
    kind: 'unprocessable',
    says: 'The model has no column {column}.',
    hint: 'Send columns of the training table only; the model ignores those that it was not trained on.',
  },
  'predict.column-spelling': {
    kind: 'unprocessable',
    says: 'The model has no column {found}; it has {nearest}. The names differ in case, spaces, punctuation or Unicode form.',
    hint: 'Send the column as {nearest}.',
  },
  'predict.missing-column': {
    kind: 'unprocessable',
    says: 'The column {column} is required.',
    hint: 'Send a value for it in every row.',
  },
  'predict.wrong-type': {
    kind: 'unprocessable',
    says: 'The column {column} takes a {expected}, not {found}.',
    hint: 'Send it as the endpoint’s schema says.',
  },
  'predict.unseen-value': {
    kind: 'unprocessable',
    says: 'The endpoint is strict and refuses a value that training never saw: {reason}.',
    hint: 'Correct the value, train on rows that have it, or set `strict: false` in the spec of the endpoint to get a prediction with a warning.',
  },
  'predict.not-finite': {
    kind: 'unprocessable',
    says: 'The prediction for {row} is not a finite number; the cause is {cause}.',
    hint: 'Correct the value or leave it out: the model cannot compute with numbers of this size.',
  },
  'prediction.id-taken': {
    kind: 'conflict',
    says: 'The prediction id {id} belongs to a request with other rows.',
    hint: 'Use a new id for each request; repeat an id only to retry the same rows.',
  },
  'prediction.id-answered': {
    kind: 'conflict',
    says: 'The prediction {id} was made before, and its answer is not kept: {reason}.',
    hint: 'Read it in the prediction log, or send the rows with a new id.',
  },
  'prediction.id-busy': {
    kind: 'busy',
    says: 'The first request with the prediction id {id} is still in progress.',
    hint: 'Retry after the time in Retry-After.',
  },
  'predict.takes-tensors': {
    kind: 'unprocessable',
    says: 'Endpoint {name} takes tensors, which this protocol does not support.',
    hint: 'Call POST /v2/models/{name}/infer; GET /v2/models/{name} names its tensors.',
  },
  'predict.unknown-tensor': {
    kind: 'unprocessable',
    says: 'The model takes no tensor {tensor}. It takes {known}.',
    hint: 'Send these. Inputs that have a value in the model are given another one by POST /v2/models/NAME/infer.',
  },
  'predict.rows-dependent': {
    kind: 'unprocessable',
    says: 'The {rows} rows cannot be predicted in parts by {name}, because each answer may depend on the other rows ({reason}), and one request takes {limit} of one file.',
    hint: 'Send the rows that belong together as one request each. Where you know that rows are independent, set `batching: on` in the spec of an endpoint and predict with that endpoint.',
  },
  'predict.no-rows': {
    kind: 'unprocessable',
    says: 'There are no rows to predict.',
    hint: 'Send { "rows": [ { column: value } ] } with at least one row.',
  },
  'predict.too-many-rows': {
    kind: 'too-large',
    says: '{rows} rows were sent; the limit is {limit} a call.',
    hint: 'Send fewer rows at a time, or use `slipway predict` on a file.',
  },
  'predict.answer-too-large': {
    kind: 'too-large',
    says: 'The response would take at least {bytes} bytes; the limit is {limitBytes}.',
    hint: 'Send fewer rows at a time, ask for fewer outputs or for binary tensors, or raise `inference.maxAnswerBytes` and `inference.answerMemoryMegabytes`.',
  },
  'predict.no-explanation': {
    kind: 'not-yet',
    says: 'This version of the model cannot explain its answers.',
    hint: 'Train the model again; versions made from now on can.',
  },
  'predict.overloaded': {
    kind: 'busy',
    says: 'The endpoint has more requests than it can answer now.',
    hint: 'Try again after the time in Retry-After.',
  },
  'predict.rate-limited': {
    kind: 'busy',
    says: 'This token may send {limit} requests a second, and sent more.',
    hint: 'Wait as many seconds as Retry-After says, or ask for a higher limit.',
  },
  'predict.quota-spent': {
    kind: 'busy',
    says: 'This token may have {limit} rows predicted in a day (UTC); {left} are left.',
    hint: 'Send fewer rows, wait until tomorrow, or ask for a larger quota.',
  },
  'predict.too-late': {
    kind: 'unavailable',
    says: 'The time that the caller would wait was over before the answer was there.',
    hint: 'Send fewer rows at a time, or wait longer.',
  },
  // ── monitor and retrain ─────────────────────────────────────────────────────────────────────────────────────
  'monitor.no-traffic': {
    kind: 'unprocessable',
    says: 'Endpoint {name} has answered no prediction in this window.',
    hint: 'Send some predictions first, or widen the window.',
  },
  'labels.column-missing': {
    kind: 'unprocessable',
    says: 'The file {file} has no column {column}; its columns are {columns}.',
    hint: 'Give a file with the columns id (of the prediction) and value (the actual outcome), or what slipway predict wrote and the target beside it.',
  },
  'labels.all-refused': {
    kind: 'unprocessable',
    says: 'None of the {labels} labels was taken. {first}.',
    hint: 'Send labels as the dataset has the target, with the time at which they were observed or without one. `refusals` in the details lists each.',
  },
  'labels.wrong-type': {
    kind: 'unprocessable',
    says: 'The label {value} is not one the target can take.',
    hint: 'Send {expected}.',
  },
  // ── label ───────────────────────────────────────────────────────────────────────────────────────────────────
  'label.queue-missing': {
    kind: 'missing',
    says: 'There is no labelling queue {id}.',
    hint: 'See slipway label list, or open one with slipway label open.',
  },
  'label.queue-exists': {
    kind: 'conflict',
    says: 'There is a labelling queue {id} already.',
    hint: 'Give another name.',
  },
  'label.target-unfit': {
    kind: 'unprocessable',
    says: 'The column {target} of {dataset} cannot be labelled like this: {reason}.',
    hint: 'Give the choices people have, or say that labels are any number.',
  },
  'label.model-unfit': {
    kind: 'unprocessable',
    says: 'Model {model} cannot say which rows it is least sure of: {reason}.',
    hint: 'Name a classifier of the same columns, or take the rows in their order.',
  },
  'label.nothing-to-do': {
    kind: 'unprocessable',
    says: 'Every row has a value for {target} already.',
    hint: 'Append rows without it, choose another column, or ask to label again those that have one.',
  },
  'label.task-missing': {
    kind: 'missing',
    says: 'The labelling queue {queue} has no task {id}.',
    hint: '`slipway label review` lists the tasks that wait for a decision.',
  },
  'label.lease-lost': {
    kind: 'conflict',
    says: 'The labelling task {id} is not yours now.',
    hint: 'Ask for the next task; this one may have gone to another person.',
  },
  'label.closed': {
    kind: 'conflict',
    says: 'The labelling queue {id} is closed.',
    hint: 'Its labels can still be applied; open another queue to go on.',
  },
  'label.nothing-to-apply': {
    kind: 'conflict',
    says: 'The labelling queue {id} has no agreed label that its dataset does not have yet.',
    hint: 'Label more rows; open another queue for those without a majority.',
  },
  // ── configuration and the command line ──────────────────────────────────────────────────────────────────────
  'config.invalid': {
    kind: 'invalid',
    says: 'The configuration is not valid: {reason}.',
    hint: '`slipway config` prints every key with its meaning.',
  },
  'command.invalid': {
    kind: 'invalid',
    says: 'The command line is not valid: {reason}.',
    hint: '`slipway --help` shows every command, and `slipway COMMAND --help` its options.',
  },
  'output.unwritable': {
    kind: 'unavailable',
    says: 'Standard output could not be written: {reason}.',
    hint: 'The command did its work all the same. Free some space, or write elsewhere, and ask again for what it printed.',
  },
  'listen.insecure': {
    kind: 'forbidden',
    says: 'Listening on {host} without TLS would send keys in the clear.',
    hint: 'Give --tls-certificate and --tls-key, or put TLS in front and pass --insecure, or listen on 127.0.0.1.',
  },
  'tls.invalid': {
    kind: 'invalid',
    says: 'Slipway cannot serve with TLS: {reason}.',
    hint: 'Give PEM files that this user may read: the certificate with the chain behind it as --tls-certificate, its key as --tls-key.',
  },
  'listen.in-use': {
    kind: 'conflict',
    says: 'Port {port} is in use.',
    hint: 'Choose another with --port and --inference-port.',
  },
  'listen.impossible': {
    kind: 'conflict',
    says: 'Slipway cannot listen on {host}, port {port}: {reason}.',
    hint: 'Give an address of this machine as --host, and a port that you may open.',
  },
  'sandbox.unavailable': {
    kind: 'conflict',
    says: 'Jobs and models must run in bubblewrap (work.sandbox is required), and cannot: {reason}.',
    hint: 'Install bubblewrap (on Debian: apt install bubblewrap) and let users make namespaces, or set work.sandbox to auto to take what this machine offers.',
  },
  'server.strange': {
    kind: 'unavailable',
    says: '{url} is not a compatible Slipway server: {reason}.',
    hint: 'Another program may have that port: check the address. If it is right, bring both to the same version.',
  },
  'server.unreachable': {
    kind: 'unavailable',
    says: 'No Slipway answers at {url}.',
    hint: 'Start one with `slipway up`, or name the address of one with --server.',
  },
  'server.unproven': {
    kind: 'unavailable',
    says: 'What answers at {url} does not prove that it is the server of the data folder {folder}: {reason}. No key was sent.',
    hint: 'Run `slipway up` with that data folder. Where another program has the port, stop it or choose another one with --port; a server of an earlier version has to be restarted. To call another server, give --server and --token.',
  },
  'server.untrusted': {
    kind: 'unavailable',
    says: 'The certificate of {url} is not trusted ({reason}).',
    hint: 'Where it was made by an authority of your own, name its certificate in NODE_EXTRA_CA_CERTS.',
  },
});

export type FailureCode = keyof typeof FAILURES;
