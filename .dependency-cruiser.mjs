import {
  CONDUCTOR,
  DRIVERS,
  JUNK_DRAWERS,
  PURE_NODE_MODULES,
  ROOMS,
  SIDE_ROOMS,
  STAGES,
} from './scripts/import-rules/rooms.mjs';

/*
 * Who may import whom. Every rule has a reason and advice for the person who broke it; tests/house/import-rules.test.ts
 * plants one violation of each and sees it reported.
 */

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

const SERVER = '^packages/server/src';
const ROOM = `${SERVER}/(?:${ROOMS.join('|')})/`;
const SIDE = `${SERVER}/(?:${SIDE_ROOMS.join('|')})/`;
/** Fuzzing tries the parsers themselves, behind whichever door they are; no door should be wider for it. */
const PARSER_TARGETS = '^tests/hardening/parsers/targets/';
const TESTS = '\\.test\\.tsx?$|-under-test\\.ts$|/testing/|^tests/|^bench/';

/**
 * A package however it is installed: hoisted, nested or linked.
 *
 * @param {string[]} names
 */
const packages = (...names) => `(?:^|/)node_modules/(?:${names.join('|')})(?:/|$)`;

/** @type {Rule[]} */
const everywhere = [
  {
    name: 'no-cycles',
    comment:
      'Two files that need each other are one idea, or a third one is missing. Move what both need below both.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolved',
    comment: 'An import that leads nowhere. Correct the path, or add the package.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-junk-drawers',
    comment:
      'A folder of this name says nothing about what is inside. Keep a helper where it is used, or name the noun.',
    from: {},
    to: { path: `^(?:packages|tests|bench)/.*/?(?:${JUNK_DRAWERS.join('|')})(?:/|\\.tsx?$)` },
  },
];

/** @type {Rule[]} */
const leaves = [
  {
    name: 'contract-is-a-leaf',
    comment: 'The contract is what may be said, for every runtime: zod and its own files only.',
    from: { path: '^packages/contract/src/', pathNot: TESTS },
    to: { pathNot: ['^packages/contract/src/', packages('zod')] },
  },
  {
    name: 'kernel-is-a-leaf',
    comment:
      'The kernel stands under everything. What needs a room, a package of ours or a driver belongs elsewhere.',
    from: { path: `${SERVER}/kernel/`, pathNot: TESTS },
    to: { path: '^packages/', pathNot: `${SERVER}/kernel/` },
  },
  {
    name: 'model-is-pure',
    comment:
      'model.ts holds nouns and pure functions: no I/O, no clock, no randomness, no ports, no drivers.',
    from: { path: `${SERVER}/.*/model\\.ts$` },
    to: {
      path: [
        `${SERVER}/(?:adapters|http|main|inference|testing)/`,
        `${SERVER}/kernel/(?:clock|ids|random)\\.ts$`,
        `${SERVER}/.*/ports(?:/|\\.ts$)`,
        packages(...Object.keys(DRIVERS)),
        '^(?:node:)?(?:fs|net|http|https|os|process|child_process|worker_threads|timers|perf_hooks)(?:/|$)',
      ],
    },
  },
];

/** @type {Rule[]} */
const rooms = [
  {
    name: 'rooms-do-no-io',
    comment:
      'A room asks the world through its ports; Node’s I/O belongs in adapters/<technology>/. Pure-compute modules are fine.',
    from: { path: ROOM, pathNot: TESTS },
    to: { dependencyTypes: ['core'], pathNot: `^(?:node:)?(?:${PURE_NODE_MODULES.join('|')})(?:/|$)` },
  },
  ...ROOMS.map((room) => ({
    name: `door-of-${room.replace('stages/', '')}`,
    comment: `From outside, ${room} is its index.ts. Ask it to export the noun, or reconsider who should do this work.`,
    from: {
      path: '^(?:packages|tests|bench)/',
      pathNot: [`${SERVER}/${room}/`, ...(room.startsWith('stages/') ? [SIDE] : []), PARSER_TARGETS],
    },
    to: { path: `${SERVER}/${room}/`, pathNot: `${SERVER}/${room}/index\\.ts$` },
  })),
  ...STAGES.slice(0, -1).map((stage, index) => ({
    name: `${stage}-looks-back-only`,
    comment: `Stages build on earlier ones only: ${stage} may use the doors of earlier stages, never of later ones.`,
    from: { path: `${SERVER}/stages/${stage}/`, pathNot: TESTS },
    to: { path: `${SERVER}/stages/(?:${STAGES.slice(index + 1).join('|')})/` },
  })),
  {
    name: 'side-rooms-know-nouns-only',
    comment:
      'The side rooms serve every stage: they may keep its nouns (model.ts), and call none of its use cases.',
    from: { path: SIDE, pathNot: TESTS },
    to: { path: `${SERVER}/stages/`, pathNot: `${SERVER}/stages/[a-z]+/model\\.ts$` },
  },
  {
    name: 'nobody-calls-the-conductor',
    comment:
      'pipeline/ walks a model through the stages; a stage or side room that calls it back has turned the plot around.',
    from: { path: [`${SERVER}/(?:stages|kernel)/`, SIDE], pathNot: TESTS },
    to: { path: `${SERVER}/${CONDUCTOR}/` },
  },
  {
    name: 'rooms-know-no-edge',
    comment:
      'A room does not know who calls it, nor which driver answers. Ask through a port; main/ does the wiring.',
    from: { path: [ROOM, `${SERVER}/kernel/`], pathNot: TESTS },
    to: { path: `${SERVER}/(?:adapters|http|main|inference)/` },
  },
];

/** @type {Rule[]} */
const edges = [
  {
    name: 'http-has-no-driver',
    comment: 'A handler calls a use case. What it needs from the world comes in through wire.ts.',
    from: { path: `${SERVER}/http/`, pathNot: TESTS },
    to: { path: [`${SERVER}/(?:adapters|main|inference)/`] },
  },
  {
    name: 'only-main-wires',
    comment: 'Adapters are chosen in main/ and handed to use cases as plain objects.',
    from: { path: '^packages/', pathNot: [`${SERVER}/(?:main|testing|adapters)/`, TESTS] },
    to: { path: `${SERVER}/adapters/` },
  },
  {
    name: 'main-is-the-root',
    comment: 'main/ starts processes; nothing imports it.',
    from: { path: '^packages/', pathNot: [`${SERVER}/main/`, TESTS] },
    to: { path: `${SERVER}/main/` },
  },
  {
    name: 'inference-is-alone',
    comment: 'The data plane answers from what it holds: no database, no control plane.',
    from: { path: `${SERVER}/inference/`, pathNot: TESTS },
    to: {
      path: [
        `${SERVER}/(?:http|adapters|main)/`,
        packages('pg', 'drizzle-orm', '@electric-sql/pglite', '@duckdb/node-api', 'fastify'),
      ],
    },
  },
  ...Object.entries(DRIVERS).map(([name, folders]) => ({
    name: `driver-${name.replaceAll(/[@/]+/g, '-').replace(/^-/, '')}`,
    comment: `${name} is imported by ${folders.join(' and ')} only, so that replacing it touches one folder.`,
    from: { path: '^packages/', pathNot: [...folders.map((folder) => `${SERVER}/${folder}/`), TESTS] },
    to: { path: packages(name) },
  })),
];

/** @type {Rule[]} */
const clients = [
  {
    name: 'clients-use-the-front-door',
    comment:
      'sdk, cli and console speak the contract over HTTP. `slipway up` starts the server as a program.',
    from: { path: '^packages/(?:sdk|cli|console)/', pathNot: TESTS },
    to: { path: '^packages/server/' },
  },
  {
    name: 'sdk-is-isomorphic',
    comment: 'The SDK runs in browsers: the contract and fetch, nothing of Node.',
    from: { path: '^packages/sdk/src/', pathNot: TESTS },
    to: { pathNot: ['^packages/(?:sdk|contract)/'] },
  },
  {
    name: 'console-runs-in-browsers',
    comment: 'The console has no Node underneath.',
    from: { path: '^packages/console/src/', pathNot: TESTS },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'nothing-ships-tests',
    comment:
      'Fakes, builders and contract suites are for tests. Shipped code that needs one needs a real part.',
    from: { path: '^packages/', pathNot: TESTS },
    to: { path: [`/testing/`, '\\.test\\.tsx?$', '-under-test\\.ts$'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...everywhere, ...leaves, ...rooms, ...edges, ...clients],
  options: {
    // TypeScript 7 has no parser API for dependency-cruiser; without swc it would read nothing and pass.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^packages/sdk/dist/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['slipway-source', 'import', 'node', 'browser', 'default', 'types'],
    },
  },
};
