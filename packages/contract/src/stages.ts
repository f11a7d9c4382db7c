/**
 * The pipeline run of a model, in order. Everything that shows an order (the console's menu, the CLI's groups,
 * the docs' index, the folders of `server/src/stages`) is built from this list.
 */
export const STAGES = [
  'ingest',
  'prepare',
  'label',
  'train',
  'validate',
  'optimize',
  'pack',
  'deploy',
  'serve',
  'monitor',
  'retrain',
] as const;

export type Stage = (typeof STAGES)[number];
