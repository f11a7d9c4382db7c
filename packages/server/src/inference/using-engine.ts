import type { ColumnRoute } from './load-route.ts';

/**
 * Does `work` while the engine of a route is in memory and stays there. At once where it is; else once it is back. Throws what
 * `EngineLife.awake` throws.
 */
export function usingEngine(
  { life }: ColumnRoute,
  deadlineAt: number | undefined,
  work: () => Promise<void> | undefined,
): Promise<void> | undefined {
  const waking = life.awake(deadlineAt);
  return waking === undefined ? using(life, work) : waking.then(() => using(life, work));
}

function using(life: ColumnRoute['life'], work: () => Promise<void> | undefined): Promise<void> | undefined {
  life.begin();
  let later: Promise<void> | undefined;
  try {
    later = work();
  } finally {
    if (later === undefined) life.end();
  }
  return later?.finally(() => life.end());
}
