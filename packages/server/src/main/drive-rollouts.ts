import type { Deployer } from '../stages/deploy/index.ts';

const LOOK_EVERY_MS = 1_000;

/** Looks at the rollouts under way every second, one look after the other. Returns what ends it, once the last look is over. */
export function driveRollouts(
  deployer: Pick<Deployer, 'stepRollouts'>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= deployer
      .stepRollouts(onError)
      .catch(onError)
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
