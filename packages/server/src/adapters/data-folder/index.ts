export type { LockOptions } from './folder-lock.ts';
export { type DataFolder, type DataLayout, dataLayout, openDataFolder } from './open-data-folder.ts';
export { ownerKeyFile } from './owner-key-file.ts';
