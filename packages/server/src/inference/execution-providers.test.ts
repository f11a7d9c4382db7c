import { describe, expect, it } from 'vitest';
import { executionProvidersSetting, providersOf } from './execution-providers.ts';

describe('the execution providers of the configuration', () => {
  it.each([
    ['cpu', ['cpu']],
    ['CUDA, cpu', ['cuda', 'cpu']],
    ['tensorrt cuda cpu', ['tensorrt', 'cuda', 'cpu']],
  ])('%s are read in their order', (raw, names) => {
    expect(providersOf(executionProvidersSetting.read(raw))).toEqual(names);
  });

  it.each(['', 'gpu', 'cuda,cuda', 3])('%s are refused with the names there are', (raw) => {
    expect(() => executionProvidersSetting.read(raw)).toThrow('cpu, cuda, tensorrt, coreml, webgpu');
  });
});
