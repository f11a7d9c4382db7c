/**
 * The hot loops of boosted trees, in AssemblyScript (a subset of TypeScript that compiles to WebAssembly): `tsc` does not
 * read this folder, `npm run generate` compiles it. Every pointer is a byte offset into the memory that the host imports
 * here, one for all threads. Sums are of whole numbers, so they are the same in whatever order, and by however many threads,
 * they are made.
 */
export { assignBins } from './bins';
export { logistic } from './derivatives';
export { accumulate, clear, merge, subtract, unbundle } from './histograms';
export { addScore, copy, largest, part, quantise } from './rows';
export { describeNode, divideSums, searchCuts, sumLeft, unpackBins } from './splits';
export { growTree } from './tree';
