import { type ProcessOrder, serveModel } from '../adapters/onnx/index.ts';

/** The process of one model, started by `modelProcesses` of `adapters/onnx`; its order is the first argument. */
await serveModel(JSON.parse(process.argv[2]!) as ProcessOrder);
