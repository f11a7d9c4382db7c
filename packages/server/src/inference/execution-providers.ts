import type { Setting } from '../kernel/index.ts';

/** What ONNX Runtime can run models on, by its own names; which of them are there depends on what is installed. */
export const EXECUTION_PROVIDERS = ['cpu', 'cuda', 'tensorrt', 'coreml', 'webgpu', 'dml'] as const;

/** Providers in the order in which they are tried, separated by commas or spaces; `cpu` alone when nobody says. */
export const executionProvidersSetting: Setting<string> = {
  default: 'cpu',
  says: 'What ONNX models run on, tried in this order: cpu, cuda, tensorrt, coreml, webgpu, dml; one that is not there is refused.',
  read(raw) {
    const names = typeof raw === 'string' ? providersOf(raw) : [];
    const known: readonly string[] = EXECUTION_PROVIDERS;
    if (
      names.length === 0 ||
      names.some((name) => !known.includes(name)) ||
      new Set(names).size < names.length
    )
      throw new Error(`some of ${EXECUTION_PROVIDERS.join(', ')}, each once, separated by commas or spaces`);
    return names.join(',');
  },
};

/** As a list. */
export function providersOf(setting: string): string[] {
  return setting
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '');
}
