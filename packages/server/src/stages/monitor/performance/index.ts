export { measurePerformance } from './measure-performance.ts';
export { MOST_LABELS } from './newest-labels.ts';
export {
  canTellPerformance,
  isFallenPerformance,
  isPerformanceAlert,
  performanceAlerts,
} from './performance-alerts.ts';
