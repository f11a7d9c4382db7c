import { catalogue } from './catalogue.ts';

/** Starting, the data folder and its database. */
export const STORAGE_FAILURES = catalogue({
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
});
