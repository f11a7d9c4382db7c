import type { WindowReport } from '../monitor/index.ts';

/** Values gone missing, or never seen, in this share of the rows are a fault of the feed, not a change of the world. */
const BROKEN_SHARE = 0.5;

/** Columns that look broken in a window of traffic, so that no model should be trained on it. */
export function brokenData(report: Pick<WindowReport, 'columns' | 'drift'>): {
  fired: boolean;
  says: string;
} {
  const broken = report.columns.flatMap(({ name, kind, drifted, missing, comparison }) => {
    if (!drifted || !report.drift.enough) return [];
    if (missing.window - missing.reference >= BROKEN_SHARE) {
      return [`${name} is missing in ${percent(missing.window)} of the rows`];
    }
    // The last cell of a category column is that of the values never seen.
    const unseen = kind === 'category' ? comparison.window.at(-1)! : 0;
    return unseen >= BROKEN_SHARE
      ? [`${percent(unseen)} of the values of ${name} were never seen before`]
      : [];
  });
  if (broken.length === 0) return { fired: false, says: 'No column looks broken.' };
  return { fired: true, says: `${broken.join('; ')}.` };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
