export { factName, formatFact } from './format-fact.ts';
export { formatMetric, formatNumber, formatShare } from './format-number.ts';
export { formatBytes } from './format-size.ts';
export { formatMoment, formatSeconds } from './format-time.ts';
export { bestIndex } from './metric-direction.ts';
export { nameInWords } from './name-in-words.ts';
