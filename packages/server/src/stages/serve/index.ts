export { type CallCount, isCallCount } from './call-count.ts';
export { type CellReader, compileCellReader, compileMoment } from './cell-readers.ts';
export { checkGolden, checkGoldenAnswers } from './check-golden.ts';
export { loadForecast } from './forecast/load-forecast.ts';
export { loadGraph, type TensorRuns } from './graph/load-graph.ts';
export type { TensorRun } from './graph/node-model.ts';
export { loadEngine } from './load-engine.ts';
export type {
  AnswerText,
  Engine,
  Explanation,
  GraphProcesses,
  NodeCounts,
  Prediction,
  PredictionBatch,
  PredictionRecord,
  ProcessAnswers,
  ProcessCall,
  RawRow,
  RawValue,
} from './model.ts';
export { noPredictionLog } from './no-prediction-log.ts';
export { computedFeatures, firstOverflow } from './overflowed-features.ts';
export type {
  CallLog,
  CallLogReader,
  PredictionLog,
  PredictionLogReader,
  PredictionLogStats,
  TimeWindow,
} from './ports.ts';
export { predictionIds } from './prediction-ids.ts';
export { predictionTime } from './prediction-time.ts';
export { pathOf, unknownColumn } from './read-row.ts';
export { readTimestamp } from './read-timestamp.ts';
export { type LineWriter, lineWriter, readRecordLine } from './record-line.ts';
