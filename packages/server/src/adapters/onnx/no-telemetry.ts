/**
 * Of a process that loads ONNX Runtime: by this it neither reports its use to its maker, with names of columns and classes, nor
 * keeps files of its own for that. It asks once, at its first session.
 */
export const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' } as const;
