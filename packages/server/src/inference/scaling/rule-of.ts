import { availableParallelism, totalmem } from 'node:os';
import type { InferenceSettings } from '../settings.ts';
import type { ScalingRule, ScalingTimes } from './decide-workers.ts';
import type { Budget } from './share-budget.ts';

const MIB = 1024 * 1024;

/** What an endpoint declares about its workers. */
export type DeclaredScaling = {
  min?: number | undefined;
  max?: number | undefined;
  target?: number | undefined;
  idleSeconds?: number | undefined;
};

/** What holds for the workers of an endpoint: what it declares, and the settings for the rest. */
export function ruleOf(declared: DeclaredScaling | undefined, settings: InferenceSettings): ScalingRule {
  const min = declared?.min ?? settings.minWorkers;
  const max = declared?.max ?? (settings.modelProcesses || Math.max(1, availableParallelism() - 1));
  return {
    min,
    max: Math.max(1, min, max),
    targetConcurrency: declared?.target ?? settings.targetConcurrency,
    idleMs: (declared?.idleSeconds ?? settings.idleSeconds) * 1000,
  };
}

export function scalingTimes(settings: InferenceSettings): ScalingTimes {
  return { stableMs: settings.scaleWindowSeconds * 1000, downDelayMs: settings.scaleDownDelaySeconds * 1000 };
}

/** Cores, and half of the memory that the machine or the container has, unless the settings say. */
export function machineBudget({ workerBudget, workerMemoryMegabytes }: InferenceSettings): Budget {
  return {
    workers: workerBudget || availableParallelism(),
    bytes: workerMemoryMegabytes * MIB || memoryOfMachine() / 2,
  };
}

/** A container without a limit tells none, or one beyond the machine. */
function memoryOfMachine(): number {
  const constrained = process.constrainedMemory();
  return constrained === undefined || constrained === 0 ? totalmem() : Math.min(constrained, totalmem());
}
