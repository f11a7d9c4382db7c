import type { ImportLimits } from '../stages/pack/index.ts';
import type { Config } from './config.ts';

/** What an imported model may take while it is tried, and while a graph with it is made. */
export function modelLimitsOf(pack: Omit<Config['pack'], 'imageRegistry'>): ImportLimits {
  return {
    maxBytes: pack.maxModelMegabytes * 1024 ** 2,
    maxNodes: pack.maxModelNodes,
    memoryBytes: pack.modelMemoryMegabytes * 1024 ** 2,
    loadTimeoutMs: pack.modelLoadSeconds * 1000,
    runTimeoutMs: pack.modelRunSeconds * 1000,
  };
}
