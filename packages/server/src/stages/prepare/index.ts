export { orderClasses } from './class-order.ts';
export { type ClassType, type ClassValue, classTypeOf, classValue } from './class-type.ts';
export { columnsOf, isMade } from './columns-of.ts';
export { compileEncoder, type RawValue, type RowEncoder } from './compile-encoder.ts';
export { DATE_PART_FUNCTIONS, datePart } from './date-part.ts';
export { describePreparation } from './describe-preparation.ts';
export { encodeFeatures, levelCount } from './encode-features.ts';
export { encodeTarget } from './encode-target.ts';
export { type FitOptions, fitPreparation } from './fit-preparation.ts';
export { groupDuplicates } from './group-duplicates.ts';
export { groupRows } from './group-rows.ts';
export { hashRows } from './hash-rows.ts';
export { type InferredTask, MAX_CLASSES } from './infer-task.ts';
export { lostClasses, type TargetReading } from './keep-reading.ts';
export { compileMade, tableOf } from './made/compile-made.ts';
export { compileKinds, featureOfKinds, kindCount } from './made/kinds.ts';
export * from './model.ts';
export { parseTimestamp } from './parse-timestamp.ts';
export { isRescaled, powerOfTwo, withoutRescaling } from './rescaling.ts';
export { type ResolvedTarget, resolveTarget } from './resolve-target.ts';
export { missingWordsOf, otherColumnsOf, rowColumnsOf, withWordsMissing } from './row-columns.ts';
export { type SplitOptions, splitHoldout } from './split-holdout.ts';
export {
  byVocabulary,
  compileKnownWords,
  fitVocabulary,
  isText,
  type KnownWords,
  LONGEST_PIECE,
  MOST_REPEATS,
  MOST_SPACES,
  TERM_FREQUENCY,
  type TextTerms,
  termsOf,
  weightsByTerm,
} from './text/index.ts';
