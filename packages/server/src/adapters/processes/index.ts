export {
  type DataPlaneProcess,
  type DataPlaneProcessOptions,
  dataPlaneProcess,
} from './data-plane-process.ts';
export { endOrphan } from './end-orphan.ts';
export { endWithParent } from './end-with-parent.ts';
export { type MemoryKillWatch, memoryKills, watchMemoryKills } from './memory-kills.ts';
