export { openFileObjects } from './file-objects.ts';
