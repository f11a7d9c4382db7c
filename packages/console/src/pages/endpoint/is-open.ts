import type { Rollout } from '@slipway/contract';

/** Whether a rollout goes on, or waits. */
export function isOpen(rollout: Rollout | null | undefined): boolean {
  return rollout?.state === 'running' || rollout?.state === 'holding';
}
