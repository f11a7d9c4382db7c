export {
  createDeployer,
  type DeployedEndpoints,
  type Deployer,
  type DeployPorts,
  type Promotion,
} from './deployer.ts';
export { specOf } from './endpoint-spec.ts';
export * from './model.ts';
export type { DataPlane } from './ports.ts';
export type { FolderOf, Served } from './routing-table.ts';
