import { join } from 'node:path';
import { loadTypescript } from '../load-typescript.mjs';
import { ROOT } from '../root.mjs';

const contract = await loadTypescript(join(ROOT, 'packages/contract/src/stages.ts'));

/**
 * The stages of the lifecycle in order: the contract's list, which the rules follow.
 *
 * @type {readonly string[]}
 */
export const STAGES = contract.STAGES;

/** Modules that support every stage. */
export const SUPPORT_MODULES = ['metadata', 'access', 'execution', 'metering', 'notebooks'];

/** The module that calls the stages in order; none of them imports it. */
export const ORCHESTRATOR = 'workflows';

/** Every module of the server, as its folder under `packages/server/src`. */
export const MODULES = [...STAGES.map((stage) => `stages/${stage}`), ...SUPPORT_MODULES, ORCHESTRATOR];

/** Which folders may import a package that does I/O. All other code uses a port. */
export const DRIVERS = {
  '@duckdb/node-api': ['adapters/duckdb'],
  '@electric-sql/pglite': ['adapters/database'],
  pg: ['adapters/database'],
  'drizzle-orm': ['adapters/database'],
  'onnxruntime-node': ['adapters/onnx'],
  '@grpc/grpc-js': ['adapters/grpc'],
  fastify: ['http'],
  '@fastify/static': ['http'],
  pino: ['main'],
};

/** Node's own modules that only compute. A domain module may import these and no others. */
export const PURE_NODE_MODULES = [
  'buffer',
  'crypto',
  'events',
  'path',
  'stream',
  'string_decoder',
  'url',
  'util',
  'zlib',
];

/** Folder names that do not say what a folder holds. */
export const CATCH_ALL_NAMES = ['utils', 'util', 'helpers', 'common', 'shared', 'misc', 'lib'];
