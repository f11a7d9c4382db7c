import { integerSetting } from '../../kernel/index.ts';

/** The room's slice of the configuration: what a model that was made elsewhere may cost while it is tried. */
export const packSettings = {
  maxModelMegabytes: integerSetting({
    default: 512,
    min: 1,
    max: 2047,
    says: 'Largest ONNX model that is imported, MiB.',
  }),
  modelMemoryMegabytes: integerSetting({
    default: 4096,
    min: 128,
    max: 1_048_576,
    says: 'Memory that an imported model may take while it is tried, MiB.',
  }),
  modelLoadSeconds: integerSetting({
    default: 60,
    min: 1,
    max: 3600,
    says: 'Time in which an imported model must load.',
  }),
  modelRunSeconds: integerSetting({
    default: 60,
    min: 1,
    max: 3600,
    says: 'Time in which an imported model must answer one input while it is tried.',
  }),
};
