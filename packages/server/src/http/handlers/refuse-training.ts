import type { App } from './app.ts';

/** Throws `training.needs-memory` where a training would be ended by the kernel, before anything is read for it. */
export function refuseTraining({ trainingRefused }: Pick<App, 'trainingRefused'>): void {
  if (trainingRefused !== undefined) throw trainingRefused;
}
