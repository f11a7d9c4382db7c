export { answerOf } from './answer.ts';
export { bundleId, signBundle, signedHashes, verifyBundle } from './bundle/bundle-signature.ts';
export type { ParityReport } from './check-parity.ts';
export { decodeEngineFile, encodeEngineFile } from './engine-file.ts';
export type { ExportKind, ExportRequest } from './export/export-spec.ts';
export { renderExport } from './export/render-export.ts';
export * from './model.ts';
export { buildOnnx } from './onnx/build-onnx.ts';
export { refuseExternalData } from './onnx/refuse-external-data.ts';
export { type PackedBundle, type PackRequest, packBundle } from './pack-bundle.ts';
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
export { tensorColumns } from './tensor-columns.ts';
