export { type FolderTrash, openTrash } from './open-trash.ts';
