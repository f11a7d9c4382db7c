export { bundleId, signBundle, verifyBundle } from './bundle/bundle-signature.ts';
export * from './model.ts';
export { buildOnnx } from './onnx/build-onnx.ts';
export { type GraphNames, graphNames } from './onnx/graph-names.ts';
export { refuseExternalData } from './onnx/refuse-external-data.ts';
export type {
  BundleFiles,
  BundleStore,
  OnnxRuntime,
  OnnxSession,
  Signature,
  Signer,
  TensorColumn,
  TensorInfo,
} from './ports.ts';
