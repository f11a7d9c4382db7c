import { fail } from '@slipway/contract';
import type { Model } from '../../metadata/index.ts';

/** The dataset that a model was trained on. Throws `model.made-elsewhere` for one that was imported. */
export function trainedOn({ name, dataset }: Pick<Model, 'name' | 'dataset'>): string {
  if (dataset === null) throw fail('model.made-elsewhere', { name });
  return dataset;
}
