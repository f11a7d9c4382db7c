import type { TimeWindow } from '../../serve/index.ts';
import type { Performance, WindowProfile } from '../model.ts';
import type { MonitorOptions } from '../options.ts';
import type { MonitoredModel, MonitorPorts } from '../ports.ts';
import { estimatedPerformance } from './estimated-performance.ts';
import { labelledPeriod } from './labelled-period.ts';
import { realisedPerformance } from './realised-performance.ts';

/**
 * Performance over the labelled predictions, which need not lie in the window that drift is measured over, and the
 * estimate for the window.
 */
export async function measurePerformance(
  { endpoint, window }: { endpoint: string; window?: TimeWindow },
  model: MonitoredModel,
  profile: Pick<WindowProfile, 'rows' | 'scoreBins'>,
  options: MonitorOptions,
  ports: Pick<MonitorPorts, 'labels' | 'log' | 'clock'>,
): Promise<Performance> {
  const asked =
    window?.from === undefined ? null : { from: window.from, to: window.to ?? ports.clock.now() + 1 };
  const period = await labelledPeriod(
    { endpoint, window: asked, days: options.labelDays },
    model,
    options,
    ports,
  );
  const realised = realisedPerformance(model, period, profile.rows, options);
  const estimated = estimatedPerformance(model, profile.scoreBins, period.labelled, options);
  return { realised, estimated };
}
