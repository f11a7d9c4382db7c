import type { WindowReport } from '../monitor/index.ts';

/** Whether the performance was measured on enough labels and has not fallen. */
export function performanceHolds({ performance }: Pick<WindowReport, 'performance'>): {
  fired: boolean;
  says: string;
} {
  const { enough, primary, degraded, says } = performance.realised;
  if (!enough || primary === null) return { fired: false, says: 'Performance was not measured.' };
  return { fired: !degraded, says };
}
