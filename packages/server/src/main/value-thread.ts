import { parentPort } from 'node:worker_threads';
import { serveValues } from '../adapters/value-threads/index.ts';

/** A thread that writes the values of tensors as JSON, started by the pool of `adapters/value-threads`. */
if (!parentPort) throw new Error('value-thread is started as a worker thread only');
serveValues(parentPort);
