import type { WindowReport } from '../monitor/index.ts';

/** Whether the performance was measured on enough labels, beside the hold-out's, and has not fallen. */
export function performanceHolds({ performance }: Pick<WindowReport, 'performance'>): {
  fired: boolean;
  says: string;
} {
  const { enough, measures, degraded, decision } = performance.realised;
  const compared = measures.some(({ allowed }) => allowed !== null);
  if (!enough || !compared) return { fired: false, says: 'Performance was not measured.' };
  return { fired: !degraded, says: decision };
}
