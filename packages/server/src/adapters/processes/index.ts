export {
  type DataPlaneProcess,
  type DataPlaneProcessOptions,
  dataPlaneProcess,
} from './data-plane-process.ts';
