import { ownValue } from '@slipway/contract';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { CrashPage, MissingPage } from './error-pages.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: MissingPage,
  errorComponent: CrashPage,
});

const getParentRoute = () => root;

/** Reads the named parts of the address's query as text and drops the rest. */
function parts<const Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [Key in Name]?: string } => {
    const known = names.flatMap((name) => {
      const value = ownValue(search, name);
      return value === undefined ? [] : [[name, String(value)]];
    });
    return Object.fromEntries(known) as { [Key in Name]?: string };
  };
}

const home = createRoute({
  getParentRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/pipeline-runs', replace: true });
  },
});

const pipelineRuns = createRoute({
  getParentRoute,
  path: '/pipeline-runs',
  component: lazyRouteComponent(
    () => import('../pages/pipeline-runs/pipeline-runs-page.tsx'),
    'PipelineRunsPage',
  ),
});
const pipelineRun = createRoute({
  getParentRoute,
  path: '/pipeline-runs/$id',
  validateSearch: parts('stage'),
  component: lazyRouteComponent(
    () => import('../pages/pipeline-run/pipeline-run-page.tsx'),
    'PipelineRunPage',
  ),
});
const endpoints = createRoute({
  getParentRoute,
  path: '/endpoints',
  component: lazyRouteComponent(() => import('../pages/endpoints/endpoints-page.tsx'), 'EndpointsPage'),
});
const endpoint = createRoute({
  getParentRoute,
  path: '/endpoints/$name',
  validateSearch: parts('tab', 'report', 'column', 'language', 'sort'),
  component: lazyRouteComponent(() => import('../pages/endpoint/endpoint-page.tsx'), 'EndpointPage'),
});
const datasets = createRoute({
  getParentRoute,
  path: '/datasets',
  component: lazyRouteComponent(() => import('../pages/datasets/datasets-page.tsx'), 'DatasetsPage'),
});
const dataset = createRoute({
  getParentRoute,
  path: '/datasets/$name',
  validateSearch: parts('version', 'column', 'sort', 'from'),
  component: lazyRouteComponent(() => import('../pages/dataset/dataset-page.tsx'), 'DatasetPage'),
});
const labelQueues = createRoute({
  getParentRoute,
  path: '/label',
  component: lazyRouteComponent(
    () => import('../pages/label-queues/label-queues-page.tsx'),
    'LabelQueuesPage',
  ),
});
const labelQueue = createRoute({
  getParentRoute,
  path: '/label/$queue',
  validateSearch: parts('work'),
  component: lazyRouteComponent(() => import('../pages/label-queue/label-queue-page.tsx'), 'LabelQueuePage'),
});
const models = createRoute({
  getParentRoute,
  path: '/models',
  component: lazyRouteComponent(() => import('../pages/models/models-page.tsx'), 'ModelsPage'),
});
const model = createRoute({
  getParentRoute,
  path: '/models/$name',
  validateSearch: parts('version', 'compare'),
  component: lazyRouteComponent(() => import('../pages/model/model-page.tsx'), 'ModelPage'),
});
const runs = createRoute({
  getParentRoute,
  path: '/runs',
  validateSearch: parts('sort', 'name', 'trials', 'picked'),
  component: lazyRouteComponent(() => import('../pages/runs/runs-page.tsx'), 'RunsPage'),
});
const runComparison = createRoute({
  getParentRoute,
  path: '/runs/compare',
  validateSearch: parts('ids'),
  component: lazyRouteComponent(
    () => import('../pages/run-comparison/run-comparison-page.tsx'),
    'RunComparisonPage',
  ),
});
const run = createRoute({
  getParentRoute,
  path: '/runs/$id',
  validateSearch: parts('sort', 'picked'),
  component: lazyRouteComponent(() => import('../pages/run/run-page.tsx'), 'RunPage'),
});
const system = createRoute({
  getParentRoute,
  path: '/system',
  validateSearch: parts('tab'),
  component: lazyRouteComponent(() => import('../pages/system/system-page.tsx'), 'SystemPage'),
});

const routeTree = root.addChildren([
  home,
  pipelineRuns,
  pipelineRun,
  endpoints,
  endpoint,
  datasets,
  dataset,
  labelQueues,
  labelQueue,
  models,
  model,
  runs,
  runComparison,
  run,
  system,
]);

/** The address says `?version=2`, as people and the command line write it, never JSON. */
function writeSearch(search: Record<string, unknown>): string {
  const known = Object.entries(search).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

export function makeRouter() {
  return createRouter({
    routeTree,
    scrollRestoration: true,
    defaultPreload: 'intent',
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: writeSearch,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
