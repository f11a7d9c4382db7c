export { callLogReader, openCallLog } from './call-log.ts';
export { outputPredictionLog } from './output-prediction-log.ts';
export { openPredictionLog, type PredictionLogOptions } from './prediction-log.ts';
export { predictionLogReader, readPredictionLog } from './read-prediction-log.ts';
