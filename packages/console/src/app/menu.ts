import { STAGES, type Stage } from '@slipway/contract';
import type { DRAWINGS } from '../parts/icons.tsx';

export type MenuPath =
  | '/pipeline-runs'
  | '/datasets'
  | '/label'
  | '/runs'
  | '/models'
  | '/endpoints'
  | '/system';

export type MenuEntry = {
  path: MenuPath;
  title: string;
  drawing: keyof typeof DRAWINGS;
  /** Typed after `g`. */
  key: string;
  /** The stage that makes what the page shows; the whole lifecycle comes first, the machine room last. */
  stage: Stage | 'whole' | 'beside';
};

const ENTRIES: MenuEntry[] = [
  { path: '/pipeline-runs', title: 'Pipelines', drawing: 'pipelineRuns', key: 'p', stage: 'whole' },
  { path: '/datasets', title: 'Datasets', drawing: 'datasets', key: 'd', stage: 'ingest' },
  { path: '/label', title: 'Labelling', drawing: 'label', key: 'l', stage: 'label' },
  { path: '/runs', title: 'Runs', drawing: 'runs', key: 'r', stage: 'train' },
  { path: '/models', title: 'Models', drawing: 'models', key: 'm', stage: 'pack' },
  { path: '/endpoints', title: 'Endpoints', drawing: 'endpoints', key: 'e', stage: 'serve' },
  { path: '/system', title: 'System', drawing: 'system', key: 's', stage: 'beside' },
];

/** The pages in the order of the lifecycle. */
export const MENU: readonly MenuEntry[] = ENTRIES.toSorted((a, b) => placeOf(a) - placeOf(b));

function placeOf(entry: MenuEntry): number {
  if (entry.stage === 'whole') return -1;
  return entry.stage === 'beside' ? STAGES.length : STAGES.indexOf(entry.stage);
}
