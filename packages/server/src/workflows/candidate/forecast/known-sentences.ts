import type { TrainedForecast } from '../../../stages/train/index.ts';

/** Whether columns known in advance are used: the error with and without them on the same backtests. */
export function knownSentences(known: TrainedForecast['known']): string[] {
  if (known === null) return [];
  const { columns, asked, withKnown, withoutKnown, isUsed, isProven } = known;
  const names = columns.join(', ');
  const measured = `mase ${withKnown.toFixed(4)} with, ${withoutKnown.toFixed(4)} without, on the same backtests`;
  if (!isUsed) {
    const why =
      asked.length === 0
        ? 'no boosted trees that ask for them have a share in it'
        : `the forecast is better without them (${measured})`;
    return [`Columns known in advance are not used: ${names}; ${why}.`];
  }
  const doubt = isProven ? '' : ', which is within chance: these backtests do not show that they help';
  const idle = columns.filter((name) => !asked.includes(name));
  return [
    `Columns known in advance are used: ${asked.join(', ')} (${measured}${doubt}).`,
    ...(idle.length === 0 ? [] : [`No tree asks for ${idle.join(', ')}, known in advance too.`]),
  ];
}
