export { graphRunner } from './graph-runner.ts';
export { modelProcesses } from './model-processes.ts';
export { NO_TELEMETRY } from './no-telemetry.ts';
export { createOnnxRuntime, type OnnxRuntimeLimits } from './onnx-runtime.ts';
export type { ProcessOrder } from './process/frames.ts';
export { serveModel } from './process/serve-model.ts';
