import { composeFiles } from './compose-files.ts';
import { dockerFiles } from './docker-files.ts';
import { type ExportKind, type ExportRequest, type ExportSpec, exportSpec } from './export-spec.ts';
import { kubernetesFiles } from './kubernetes-files.ts';

const RENDERERS: Record<ExportKind, (spec: ExportSpec) => Map<string, string>> = {
  docker: dockerFiles,
  compose: composeFiles,
  kubernetes: kubernetesFiles,
};

/**
 * The text files of an export, by path: a build context and, by kind, what runs it. The caller writes beside them
 * `dist/` and the bundle as `models/`.
 */
export function renderExport(kind: ExportKind, request: ExportRequest): Map<string, string> {
  return RENDERERS[kind](exportSpec(request));
}
