import { integerSetting, type Setting } from '../../kernel/index.ts';

/** Registry and folder that images of exported endpoints are named in. */
const imageRegistrySetting: Setting<string> = {
  default: '',
  says: 'Registry and folder of exported images, `registry.example/team`: an export without `--image` names its image NAME in it; empty for none.',
  read(raw) {
    if (typeof raw === 'string' && (raw === '' || (raw.length <= 190 && IMAGE_PATH.test(raw)))) return raw;
    throw new Error('a registry and folder such as registry.example/team, in lower case, without a tag');
  },
};

const IMAGE_PATH = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

/** The module's slice of the configuration: where exported images are named, and what a model that was made elsewhere may cost while it is tried. */
export const packSettings = {
  imageRegistry: imageRegistrySetting,
  maxModelMegabytes: integerSetting({
    default: 512,
    min: 1,
    max: 2047,
    says: 'Largest ONNX model that is imported, MiB.',
  }),
  maxModelNodes: integerSetting({
    default: 200_000,
    min: 1_000,
    max: 1_000_000,
    says: 'Most nodes of an ONNX model that is imported, its functions written out.',
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
