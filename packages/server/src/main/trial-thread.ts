import { parentPort, workerData } from 'node:worker_threads';
import { serveTrials } from '../adapters/threads/index.ts';

/** A thread that fits models, started by the pool of `adapters/threads`. */
if (!parentPort) throw new Error('trial-thread is started as a worker thread only');
serveTrials(parentPort, workerData);
