export { installationReads, SOCKET_FOLDER } from './bubblewrap.ts';
export type { Confinement } from './confinement.ts';
export {
  openSandbox,
  type Sandbox,
  type SandboxLevel,
  type SandboxMode,
} from './open-sandbox.ts';
export type { ProcessesLimit } from './processes-limit.ts';
export { type ConfinedProcess, endOf } from './start-confined.ts';
export { withoutNewPrivileges } from './without-new-privileges.ts';
