export { forgetShelves } from './forget-shelves.ts';
export { openJobShelf } from './open-job-shelf.ts';
