export { answerOf, decidedClasses } from './answer.ts';
export { bundleId, signBundle, signedHashes, verifyBundle } from './bundle/bundle-signature.ts';
export type { ParityReport } from './check-parity.ts';
export { decodeEngineFile, encodeEngineFile } from './engine-file.ts';
export type { ExportKind, ExportOptions } from './export/export-options.ts';
export { type ExportRequest, IMAGE_NODE_MAJOR, needsOnnxRuntime } from './export/export-spec.ts';
export { renderExport } from './export/render-export.ts';
export { decodeForecastFile, type ForecastFile } from './forecast/forecast-file.ts';
export { timesOf } from './forecast/forecast-times.ts';
export { type PackForecastRequest, packForecast, rowOf } from './forecast/pack-forecast.ts';
export { checkGraph, type GraphShape } from './graph/check-graph.ts';
export { decodeGraphFile, type GraphFile, type ImportedModelFile } from './graph/graph-file.ts';
export type { MemberShape } from './graph/graph-walk.ts';
export { type FedTensor, type ImportedMember, importedMember } from './graph/imported-member.ts';
export { packGraph } from './graph/pack-graph.ts';
export { encodeHeldOut, type HeldOut, heldOutOf, isRefitted, type RefitFacts } from './held-out.ts';
export { compareTensors } from './imported/compare-tensors.ts';
export { type ExampleBody, exampleBody, nestValues } from './imported/example-body.ts';
export { checkShape, type ExampleInput } from './imported/example-input.ts';
export { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './imported/half-floats.ts';
export { type ImportLimits, type ImportRequest, importModel } from './imported/import-model.ts';
export * from './imported/model.ts';
export { separateDefaults } from './imported/onnx/optional-inputs.ts';
export {
  predictionsOfTensors,
  type RowDecision,
  rowsOfOutputs,
  type TensorPrediction,
} from './imported/predictions-of-tensors.ts';
export { joinRows, sliceRows, splitRows } from './imported/rows.ts';
export { holdsTensors, readSamples, type SampleFile, type Samples } from './imported/samples/read-samples.ts';
export { randomRows, repeatRows, sampleBatches } from './imported/samples/sample-batches.ts';
export {
  countStrings,
  decodeStrings,
  decodeValues,
  encodeStrings,
  encodeValues,
  flattenNested,
  type Nested,
  type TensorValue,
} from './imported/tensor-values.ts';
export { unstored } from './imported/try-model.ts';
export {
  listSizes,
  mostTextBytes,
  type ValueRun,
  valueRuns,
  valueText,
} from './imported/value-text.ts';
export * from './model.ts';
export { buildOnnx } from './onnx/build-onnx.ts';
export { type GraphBuilder, newGraphBuilder } from './onnx/graph-builder.ts';
export { refuseExternalData } from './onnx/refuse-external-data.ts';
export { attribute, floatTensor, int64Tensor } from './onnx/tensors.ts';
export { type PackedBundle, type PackRequest, packBundle } from './pack-bundle.ts';
export type {
  BundleFiles,
  BundleStore,
  MeasurableProcess,
  ModelProcess,
  ModelProcesses,
  ModelProcessRequest,
  OnnxRuntime,
  OnnxSession,
  RunCost,
  Signature,
  Signer,
  TensorColumn,
  TensorInfo,
} from './ports.ts';
export { buildReferenceProfile } from './profile/build-reference-profile.ts';
export { categoryReference } from './profile/category-reference.ts';
export { numberReference } from './profile/number-reference.ts';
export { partOfWeek, partsOfWeek } from './profile/parts-of-week.ts';
export { repackBundle } from './repack-bundle.ts';
export { packSettings } from './settings.ts';
export { tensorColumns } from './tensor-columns.ts';
