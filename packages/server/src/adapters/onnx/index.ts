export { createOnnxRuntime, type OnnxRuntimeLimits } from './onnx-runtime.ts';
