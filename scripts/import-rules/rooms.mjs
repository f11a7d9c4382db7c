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

/** The rooms that serve every stage. */
export const SIDE_ROOMS = ['ledger', 'access', 'work', 'meter', 'notebook'];

/** The room that walks a model through the stages, and so stands above them. */
export const CONDUCTOR = 'pipeline';

/** Every room of the server, as its folder under `packages/server/src`. */
export const ROOMS = [...STAGES.map((stage) => `stages/${stage}`), ...SIDE_ROOMS, CONDUCTOR];

/** Which folders may import a package that talks to the world. Anything else asks through a port. */
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

/** Node's own modules that only compute. A room may use these and no others. */
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

/** Folder names that say nothing about what is inside. */
export const JUNK_DRAWERS = ['utils', 'util', 'helpers', 'common', 'shared', 'misc', 'lib'];
