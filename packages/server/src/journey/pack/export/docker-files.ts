import { type ExportSpec, IMAGE_PATHS, inferenceArguments, USER_ID } from './export-spec.ts';

/**
 * The build context's own files. The caller adds `dist/` (the inference program, one file that imports nothing; of
 * models of tensors `model-process.js` and `value-thread.js` too) and
 * `models/` (the bundle).
 */
export function dockerFiles(spec: ExportSpec): Map<string, string> {
  return new Map([
    ['Dockerfile', dockerfile(spec)],
    ['.dockerignore', '*\n!dist\n!models\n'],
    ['README.md', readme(spec)],
  ]);
}

/** Layers from what changes least to what changes most: a retrained model pushes the last one only. */
function dockerfile(spec: ExportSpec): string {
  const command = ['node', `--max-old-space-size=${spec.heapMegabytes}`, ...inferenceArguments(spec)];
  return `# ${spec.name}, model version ${spec.modelVersion}, bundle ${spec.bundleId}
# Pin the base by digest for builds that repeat: --build-arg BASE=node:24-bookworm-slim@sha256:…
ARG BASE=node:24-bookworm-slim
FROM \${BASE}
WORKDIR ${IMAGE_PATHS.app}
ENV NODE_ENV=production
${runtimeLines(spec)}COPY --chown=0:0 dist ./dist
LABEL org.opencontainers.image.title=${JSON.stringify(spec.name)} \\
      io.slipway.bundle="${spec.bundleId}"
USER ${USER_ID}:${USER_ID}
EXPOSE ${spec.port}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s --start-period=30s --retries=3 \\
  CMD ${JSON.stringify(['node', '-e', healthScript(spec.port)])}
ENTRYPOINT ${JSON.stringify(command)}
COPY --chown=0:0 models ${IMAGE_PATHS.models}
`;
}

/** A graph of somebody else’s needs ONNX Runtime, whose native part is the platform’s own; the CPU part needs no scripts. */
function runtimeLines({ onnxRuntime }: ExportSpec): string {
  if (onnxRuntime === undefined) return '';
  return `RUN npm install --prefix ${IMAGE_PATHS.app} --ignore-scripts --no-audit --no-fund onnxruntime-node@${onnxRuntime}\n`;
}

function healthScript(port: number): string {
  return `fetch('http://127.0.0.1:${port}/v2/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
}

/** JSON inside single quotes. */
function forShell(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "'\\''");
}

function readme(spec: ExportSpec): string {
  return `# ${spec.endpoint}

The endpoint as an image: the inference process and model version ${spec.modelVersion}, nothing else.

    docker build -t ${spec.image} .
    openssl rand -hex 32 > tokens
    docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \\
      -v "$PWD/tokens:${IMAGE_PATHS.tokenFile}:ro" -p 127.0.0.1:${spec.port}:${spec.port} ${spec.image}
    curl -H "Authorization: Bearer $(cat tokens)" -H 'Content-Type: application/json' \\
      -d '${forShell(spec.example)}' http://127.0.0.1:${spec.port}/endpoints/${encodeURIComponent(spec.endpoint)}/predict

\`tokens\` holds one token a line; every caller needs one of them. Health: \`/v2/health/live\` and
\`/v2/health/ready\`; metrics: \`/metrics\`.
`;
}
