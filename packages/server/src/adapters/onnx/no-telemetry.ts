/** By this ONNX Runtime neither reports its use to its maker, with names of columns and classes, nor keeps files of its own for that. */
export const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' } as const;

/**
 * Switches the runtime's telemetry off for this process. It asks once, at the first session. Of the main thread: what a
 * worker thread sets in its environment, native code does not see.
 */
export function refuseTelemetry(): void {
  Object.assign(process.env, NO_TELEMETRY);
}
