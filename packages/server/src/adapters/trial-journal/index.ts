export { sayEnough, watchEnough } from './enough-mark.ts';
export { forgetSearches } from './forget-searches.ts';
export { openTrialJournal } from './trial-journal.ts';
