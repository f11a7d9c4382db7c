import type { NewAlert } from '../../../metadata/index.ts';
import type { WindowReport } from '../model.ts';
import { describeWrongEstimate } from './estimated-performance.ts';

const FALLEN = 'performance';
const WRONG_ESTIMATE = 'performance:estimate';
const UNKNOWN_CLASS = 'performance:unknown-class';
const KEYS: ReadonlySet<string> = new Set([FALLEN, WRONG_ESTIMATE, UNKNOWN_CLASS]);

/** Fewer labels of unknown classes than this may be slips of the pen. */
const LEAST_UNKNOWN = 3;

/** What labels call for: performance below the hold-out's, a wrong estimate of it, classes that training never saw. */
export function performanceAlerts({ endpoint, version, performance }: WindowReport): NewAlert[] {
  const { realised, estimated } = performance;
  const alerts: NewAlert[] = [];
  if (realised.degraded) {
    const evidence = {
      version,
      primary: realised.primary,
      holdout: realised.holdout,
      measures: realised.measures,
    };
    alerts.push({
      endpoint,
      version,
      key: FALLEN,
      severity: 'critical',
      message: realised.decision,
      evidence,
    });
  }
  const unknown = realised.unknownClasses;
  if (unknown !== null && unknown.labels >= LEAST_UNKNOWN) {
    const { says: message, ...evidence } = unknown;
    alerts.push({
      endpoint,
      version,
      key: UNKNOWN_CLASS,
      severity: 'warning',
      message,
      evidence: { version, ...evidence },
    });
  }
  if (estimated?.onLabels?.wrong === true) {
    const message = describeWrongEstimate(estimated.onLabels);
    const evidence = { version, ...estimated.onLabels };
    alerts.push({ endpoint, version, key: WRONG_ESTIMATE, severity: 'warning', message, evidence });
  }
  return alerts;
}

/** Whether the alert says that the version does worse than on its hold-out, rather than something of the traffic or the labels. */
export function isFallenPerformance(key: string): boolean {
  return key === FALLEN;
}

export function isPerformanceAlert(key: string): boolean {
  return KEYS.has(key);
}

/** Whether a report without the alert says that it is over: few labels say nothing. */
export function canTellPerformance({ performance }: WindowReport, key: string): boolean {
  const { realised, estimated } = performance;
  if (key === WRONG_ESTIMATE) return estimated !== null && estimated.onLabels !== null;
  return realised.enough;
}
