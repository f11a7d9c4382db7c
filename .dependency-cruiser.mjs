import {
  CATCH_ALL_NAMES,
  DRIVERS,
  MODULES,
  ORCHESTRATOR,
  PURE_NODE_MODULES,
  STAGES,
  SUPPORT_MODULES,
} from './scripts/import-rules/modules.mjs';

/*
 * Who may import whom. Every rule has a reason and advice for the person who broke it; tests/codebase/import-rules.test.ts
 * plants one violation of each and sees it reported.
 */

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

const SERVER = '^packages/server/src';
const MODULE = `${SERVER}/(?:${MODULES.join('|')})/`;
const SUPPORT = `${SERVER}/(?:${SUPPORT_MODULES.join('|')})/`;
/** Fuzzing calls the parsers themselves; no public API is widened for it. */
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
    name: 'no-catch-all-folders',
    comment:
      'A folder of this name does not say what it holds. Keep a helper where it is used, or name its subject.',
    from: {},
    to: { path: `^(?:packages|tests|bench)/.*/?(?:${CATCH_ALL_NAMES.join('|')})(?:/|\\.tsx?$)` },
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
      'Every module may import the kernel. What needs a module, a package of ours or a driver belongs elsewhere.',
    from: { path: `${SERVER}/kernel/`, pathNot: TESTS },
    to: { path: '^packages/', pathNot: `${SERVER}/kernel/` },
  },
  {
    name: 'model-is-pure',
    comment:
      'model.ts holds types and pure functions: no I/O, no clock, no randomness, no ports, no drivers.',
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
const modules = [
  {
    name: 'domain-does-no-io',
    comment:
      'A domain module reaches the environment through its ports; Node’s I/O belongs in adapters/<technology>/. Pure-compute modules of Node are allowed.',
    from: { path: MODULE, pathNot: TESTS },
    to: { dependencyTypes: ['core'], pathNot: `^(?:node:)?(?:${PURE_NODE_MODULES.join('|')})(?:/|$)` },
  },
  ...MODULES.map((module) => ({
    name: `public-api-of-${module.replace('stages/', '')}`,
    comment: `Other modules import index.ts of ${module} only. Export what you need there, or move the code to the module that owns it.`,
    from: {
      path: '^(?:packages|tests|bench)/',
      pathNot: [`${SERVER}/${module}/`, ...(module.startsWith('stages/') ? [SUPPORT] : []), PARSER_TARGETS],
    },
    to: { path: `${SERVER}/${module}/`, pathNot: `${SERVER}/${module}/index\\.ts$` },
  })),
  ...STAGES.slice(0, -1).map((stage, index) => ({
    name: `${stage}-imports-earlier-stages-only`,
    comment: `${stage} may import the public API of earlier stages, never of later ones.`,
    from: { path: `${SERVER}/stages/${stage}/`, pathNot: TESTS },
    to: { path: `${SERVER}/stages/(?:${STAGES.slice(index + 1).join('|')})/` },
  })),
  {
    name: 'support-modules-import-models-only',
    comment:
      'Support modules serve every stage: they may import its types (model.ts) and none of its use cases.',
    from: { path: SUPPORT, pathNot: TESTS },
    to: { path: `${SERVER}/stages/`, pathNot: `${SERVER}/stages/[a-z]+/model\\.ts$` },
  },
  {
    name: 'orchestrator-is-not-imported',
    comment:
      'workflows/ calls the stages and support modules; an import in the other direction inverts the dependency.',
    from: { path: [`${SERVER}/(?:stages|kernel)/`, SUPPORT], pathNot: TESTS },
    to: { path: `${SERVER}/${ORCHESTRATOR}/` },
  },
  {
    name: 'domain-imports-no-edge',
    comment:
      'A domain module knows neither its callers nor its drivers. Declare a port; main/ supplies the adapter.',
    from: { path: [MODULE, `${SERVER}/kernel/`], pathNot: TESTS },
    to: { path: `${SERVER}/(?:adapters|http|main|inference)/` },
  },
];

/** @type {Rule[]} */
const edges = [
  {
    name: 'http-has-no-driver',
    comment: 'A handler calls a use case. What it needs from the environment is passed in by main/.',
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
    name: 'clients-do-not-import-the-server',
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
  forbidden: [...everywhere, ...leaves, ...modules, ...edges, ...clients],
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
