export { countsFile } from './counts-file.ts';
