/** A line over time, cut where a value is missing, in a box of `width` by `height`. */
export type Scale = { x: (at: number) => string; y: (value: number) => string };

/** Puts places 0 … `count` - 1 and all `values` into the box, with a little room above and below. */
export function scaleOf(count: number, values: readonly number[], width: number, height: number): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least || Math.abs(most) || 1) * 0.05;
  const [low, high] = [least - room, most + room];
  return {
    x: (at) => ((width * at) / Math.max(1, count - 1)).toFixed(1),
    y: (value) => (height * (1 - (value - low) / (high - low))).toFixed(1),
  };
}

/** The path of values from place `from` on. */
export function linePath(values: readonly (number | null)[], from: number, { x, y }: Scale): string {
  let isDown = false;
  return values
    .map((value, i) => {
      if (value === null) {
        isDown = false;
        return '';
      }
      const step = `${isDown ? 'L' : 'M'}${x(from + i)} ${y(value)}`;
      isDown = true;
      return step;
    })
    .join('');
}

/** The area between two lines from place `from` on; nothing where there is no line. */
export function bandPath(
  lower: readonly number[],
  upper: readonly number[],
  from: number,
  scale: Scale,
): string {
  if (lower.length === 0) return '';
  const there = linePath(upper, from, scale);
  const back = lower
    .map((value, i) => `L${scale.x(from + i)} ${scale.y(value)}`)
    .reverse()
    .join('');
  return `${there}${back}Z`;
}
