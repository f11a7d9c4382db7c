export type { LockOptions } from './folder-lock.ts';
export { type DataFolderState, inspectDataFolder } from './inspect-data-folder.ts';
export { removeJobFolder } from './job-folders.ts';
export { type DataFolder, type DataLayout, dataLayout, openDataFolder } from './open-data-folder.ts';
export { ownerKeyFile } from './owner-key-file.ts';
