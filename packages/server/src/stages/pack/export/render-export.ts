import { composeFiles } from './compose-files.ts';
import { dockerFiles } from './docker-files.ts';
import { checkOptions, type ExportKind } from './export-options.ts';
import { type ExportRequest, type ExportSpec, exportSpec } from './export-spec.ts';
import { kubernetesFiles } from './kubernetes-files.ts';

const RENDERERS: Record<ExportKind, (spec: ExportSpec) => Map<string, string>> = {
  docker: dockerFiles,
  compose: composeFiles,
  kubernetes: kubernetesFiles,
};

/**
 * The text files of an export, by path: a build context and, by kind, what runs it. The caller writes beside them
 * `dist/`, the bundle as `models/` and, of models of tensors, ONNX Runtime as `node_modules/` with its lockfile. Throws what
 * {@link checkOptions} throws.
 */
export function renderExport(kind: ExportKind, request: ExportRequest): Map<string, string> {
  checkOptions(kind, request);
  return RENDERERS[kind](exportSpec(kind, request));
}
