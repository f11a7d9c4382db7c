export { answerOf, classProbabilities, decidedClass } from './answer.ts';
export { bundleId, signBundle, signedHashes, verifyBundle } from './bundle/bundle-signature.ts';
export { checkParity, type ParityReport, type ParityRequest } from './check-parity.ts';
export { decodeEngineFile, encodeEngineFile } from './engine-file.ts';
export { EXPORT_KINDS, type ExportKind, type ExportRequest } from './export/export-spec.ts';
export { renderExport } from './export/render-export.ts';
export { buildGolden } from './golden.ts';
export * from './model.ts';
export { buildOnnx } from './onnx/build-onnx.ts';
export { type GraphNames, graphNames } from './onnx/graph-names.ts';
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
export { buildReferenceProfile, type ProfileRequest } from './profile/build-reference-profile.ts';
export { tensorColumns } from './tensor-columns.ts';
