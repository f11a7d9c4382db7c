import type { PipelineRunRequest } from '../model.ts';

/** The model that gets a version: an endpoint may have another name than its model. */
export function modelOf(request: PipelineRunRequest): string {
  return request.kind === 'retrain' ? (request.model ?? request.name) : request.name;
}

/** The endpoint at which the version is to answer. */
export function endpointOf(request: PipelineRunRequest): string {
  return request.kind === 'retrain' ? request.endpoint : request.name;
}
