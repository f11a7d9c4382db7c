import type { OperationId, Permission } from '@slipway/contract';

/** What belongs to the key that made it: uploads, and the jobs that callers start. */
export type OwnedKind = 'upload' | 'job';

/** Who may name the object at a place of a request. */
export type ObjectRule =
  /** An object of the whole installation, or a new name: the permission of the operation covers each of them. */
  | 'installation'
  /** An object of the whole installation that takes a further permission. */
  | { needs: Permission }
  /** The object's owner, or whoever has a permission that covers those of others. */
  | { owned: OwnedKind; others: Permission };

const ANY = 'installation';
const dataset = { needs: 'datasets:read' } as const;
const upload = { owned: 'upload', others: 'uploads:read' } as const;
const job = { owned: 'job', others: 'pipelines:read' } as const;
const byName = { 'params.name': ANY } as const;
const version = { 'params.name': ANY, 'params.version': ANY } as const;
const byQueue = { 'params.queue': ANY } as const;
/** A task of a queue is held by the person who took it; the queue refuses others. */
const byTask = { 'params.queue': ANY, 'params.task': ANY } as const;

/**
 * For every operation: each place of its request that names an object, and who may name which. A new operation does not
 * compile without an entry, and a test finds the places that an entry lacks.
 */
export const OBJECT_RULES: Record<OperationId, Readonly<Record<string, ObjectRule>>> = {
  'system.health': {},
  'system.identity': {},
  'system.status': {},
  'system.config': {},
  'events.list': {},
  'keys.list': {},
  'keys.create': { 'body.name': ANY },
  'keys.revoke': { 'params.id': ANY },
  'audit.list': {},
  'audit.verify': {},
  'audit.accept': {},
  'uploads.create': {},
  'uploads.list': {},
  'uploads.delete': { 'params.id': upload },
  'uploads.inspect': {
    'params.id': upload,
    'body.dataset': dataset,
    'body.model': ANY,
    'body.labelsOf': ANY,
  },
  'datasets.list': {},
  'datasets.add': { 'body.name': ANY, 'body.uploadId': upload },
  'datasets.get': byName,
  'datasets.version': version,
  'datasets.rollback': byName,
  'datasets.preview': version,
  'labelling.open': { 'body.name': ANY, 'body.dataset': dataset, 'body.model': { needs: 'models:read' } },
  'labelling.list': {},
  'labelling.get': byQueue,
  'labelling.next': byQueue,
  'labelling.submit': byTask,
  'labelling.skip': byTask,
  'labelling.takeBack': byQueue,
  'labelling.toReview': byQueue,
  'labelling.review': byTask,
  'labelling.apply': byQueue,
  'labelling.close': byQueue,
  'pipelineRuns.ship': {
    'body.name': ANY,
    'body.uploadId': upload,
    'body.dataset': dataset,
    'body.dataset.name': dataset,
    'body.validateOn[].name': dataset,
  },
  'pipelineRuns.train': {
    'body.name': ANY,
    'body.uploadId': upload,
    'body.dataset': dataset,
    'body.dataset.name': dataset,
    'body.validateOn[].name': dataset,
  },
  'pipelineRuns.list': { 'query.name': ANY },
  'pipelineRuns.get': { 'params.id': ANY },
  'pipelineRuns.cancel': { 'params.id': ANY },
  'pipelineRuns.accept': { 'params.id': ANY },
  'jobs.list': {},
  'jobs.get': { 'params.id': job },
  'jobs.cancel': { 'params.id': job },
  'jobs.artifact': { 'params.id': job },
  'runs.list': { 'query.name': ANY },
  'runs.compare': { 'query.ids': ANY },
  'runs.get': { 'params.id': ANY },
  'runs.stop': { 'params.id': ANY },
  'models.import': { 'body.name': ANY, 'body.uploadId': upload },
  'models.optimize': {
    'params.name': ANY,
    'body.on.uploadId': upload,
    'body.on.dataset': dataset,
    'body.calibration.uploadId': upload,
    'body.calibration.dataset': dataset,
  },
  'models.validate': { 'params.name': ANY, 'body.dataset': dataset, 'body.dataset.name': dataset },
  'models.list': {},
  'models.get': byName,
  'models.version': version,
  'endpoints.deploy': { 'body.model': ANY, 'body.endpoint': ANY },
  'endpoints.list': {},
  'endpoints.get': byName,
  'endpoints.spec': byName,
  'endpoints.setSpec': byName,
  'endpoints.rollouts': byName,
  'endpoints.promote': byName,
  'endpoints.rollback': byName,
  'endpoints.pause': byName,
  'endpoints.resume': byName,
  'endpoints.delete': byName,
  'endpoints.export': byName,
  'endpoints.policy': byName,
  'endpoints.monitoring': byName,
  'endpoints.retrain': { 'params.name': ANY, 'body.uploadId': upload, 'body.validateOn[].name': dataset },
  'endpoints.predictFile': { 'params.name': ANY, 'body.uploadId': upload },
  'tokens.list': byName,
  'tokens.create': { 'params.name': ANY, 'body.name': ANY },
  'tokens.revoke': { 'params.name': ANY, 'params.id': ANY },
  'labels.add': { 'params.name': ANY, 'body.labels[].id': ANY },
  'labels.addFile': { 'params.name': ANY, 'body.uploadId': upload },
  'monitor.run': byName,
  'monitor.reports': byName,
  'batches.start': {
    'body.model': ANY,
    'body.uploadId': upload,
    'body.dataset': dataset,
    'body.dataset.name': dataset,
  },
  'batches.list': {},
  'batches.get': { 'params.id': job },
  'batches.result': { 'params.id': job },
  'batches.cancel': { 'params.id': job },
  'storage.clean': {},
  'storage.trash': {},
  'storage.restore': {},
  'storage.empty-trash': {},
};
