import {
  type ExportSpec,
  IMAGE_NODE_MAJOR,
  IMAGE_PATHS,
  inferenceArguments,
  USER_ID,
} from './export-spec.ts';

/**
 * The build context's own files. The caller adds `dist/` (the inference program, one file that imports nothing; of
 * models of tensors `model-process.js` and `value-thread.js` too), `models/` (the bundle) and, of models of tensors, `package.json`,
 * `package-lock.json` and `node_modules/` with ONNX Runtime: a build reaches no package registry.
 */
export function dockerFiles(spec: ExportSpec): Map<string, string> {
  const copied = ['dist', 'models', 'predictions', ...(spec.hasOnnxRuntime ? RUNTIME : [])];
  return new Map([
    ['Dockerfile', dockerfile(spec)],
    ['.dockerignore', ['*', ...copied.map((name) => `!${name}`), ''].join('\n')],
    ['predictions/.keep', ''],
    ['README.md', readme(spec)],
  ]);
}

const RUNTIME = ['package.json', 'package-lock.json', 'node_modules'];

/** Layers from what changes least to what changes most: a retrained model pushes the last one only. */
function dockerfile(spec: ExportSpec): string {
  const command = ['node', `--max-old-space-size=${spec.heapMegabytes}`, ...inferenceArguments(spec)];
  const variables = Object.entries({ NODE_ENV: 'production', ...spec.environment });
  return `# ${spec.name}, model version ${spec.modelVersion}, bundle ${spec.bundleId}
# Pin the base by digest for builds that repeat: --build-arg BASE=node:${IMAGE_NODE_MAJOR}-bookworm-slim@sha256:…
ARG BASE=node:${IMAGE_NODE_MAJOR}-bookworm-slim
FROM \${BASE}
WORKDIR ${IMAGE_PATHS.app}
ENV ${variables.map(([name, value]) => `${name}=${value}`).join(' \\\n    ')}
COPY --chown=${USER_ID}:${USER_ID} predictions ${IMAGE_PATHS.predictions}
${runtimeLines(spec)}COPY --chown=0:0 dist ./dist
LABEL org.opencontainers.image.title=${JSON.stringify(spec.name)} \\
      org.opencontainers.image.version="${spec.modelVersion}" \\
      com.amazonaws.sagemaker.capabilities.accept-bind-to-port="true" \\
      io.slipway.bundle="${spec.bundleId}"
USER ${USER_ID}:${USER_ID}
EXPOSE ${[spec.port, spec.grpcPort].filter((port) => port !== 0).join(' ')}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s --start-period=30s --retries=3 \\
  CMD ${JSON.stringify(['node', '-e', HEALTH_SCRIPT])}
ENTRYPOINT ${JSON.stringify(command)}
COPY --chown=0:0 models ${IMAGE_PATHS.models}
`;
}

/** A graph of somebody else’s needs ONNX Runtime, which the context carries as this installation has it by its lockfile. */
function runtimeLines({ hasOnnxRuntime }: ExportSpec): string {
  return hasOnnxRuntime
    ? 'COPY --chown=0:0 package.json package-lock.json ./\nCOPY --chown=0:0 node_modules ./node_modules\n'
    : '';
}

/** Asks at the port that the process listens on, in the order in which it decides. */
const HEALTH_SCRIPT =
  "const { env } = process; fetch('http://127.0.0.1:' + (env.AIP_HTTP_PORT || env.SAGEMAKER_BIND_TO_PORT || env.SLIPWAY_LISTEN_PORT) + '/v2/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))";

/** JSON inside single quotes. */
function forShell(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "'\\''");
}

function readme(spec: ExportSpec): string {
  const hasTokens = spec.access === 'tokens';
  const authorization = hasTokens ? ' -H "Authorization: Bearer $(cat tokens)"' : '';
  const mount = hasTokens ? `      -v "$PWD/tokens:${IMAGE_PATHS.tokenFile}:ro" \\\n` : '';
  return `# ${spec.endpoint}

The endpoint as an image: the inference process and model version ${spec.modelVersion}, nothing else.

    docker build -t ${spec.image} .
${hasTokens ? '    openssl rand -hex 32 > tokens\n' : ''}    docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \\
${mount}      -p 127.0.0.1:${spec.port}:${spec.port} ${spec.image}
    curl${authorization} -H 'Content-Type: application/json' \\
      -d '${forShell(spec.example)}' http://127.0.0.1:${spec.port}/endpoints/${encodeURIComponent(spec.endpoint)}/predict

${hasTokens ? TOKENS_TEXT : OPEN_TEXT}
Health: \`/v2/health/live\` and \`/v2/health/ready\`; metrics: \`/metrics\`.
${spec.hasOnnxRuntime ? RUNTIME_TEXT : ''}
## Variables

| variable | here | says |
|---|---|---|
| \`SLIPWAY_LISTEN_PORT\` | ${spec.port} | the port, where no cloud asks for another (\`SAGEMAKER_BIND_TO_PORT\`, \`AIP_HTTP_PORT\`) |
| \`SLIPWAY_ACCESS\` | ${spec.access} | \`tokens\`: callers need one; \`open\`: everyone who reaches the port may call |
| \`SLIPWAY_TOKEN_FILE\` | ${IMAGE_PATHS.tokenFile} | one token a line, read again every 5 seconds |
| \`SLIPWAY_PREDICTION_LOG\` | ${spec.environment.SLIPWAY_PREDICTION_LOG ?? ''} | \`-\` for lines of JSON on the output, or a folder that user ${USER_ID} may write to, such as a volume at ${IMAGE_PATHS.predictions}; empty for no log |
| \`SLIPWAY_INFERENCE_*\` | | settings of the data plane, by their names in the platform's configuration (\`SLIPWAY_INFERENCE_MAX_ROWS\`, \`_GRPC_PORT\`, \`_ACCESS_LOG\`) |

## Amazon SageMaker

Push the image to ECR. SageMaker runs \`docker run IMAGE serve\`, checks callers itself (IAM) and sends no token:

    aws sagemaker create-model --model-name ${spec.name} --execution-role-arn ROLE \\
      --primary-container 'Image=IMAGE,Environment={SLIPWAY_ACCESS=open}'

Calls come to \`POST /invocations\` (JSON or CSV, as MLflow has it), health to \`GET /ping\`, on 8080 or \`SAGEMAKER_BIND_TO_PORT\`.
Without \`SLIPWAY_ACCESS=open\` the endpoint starts and answers every call 401.

## Vertex AI

Push the image to Artifact Registry. Vertex AI checks callers itself and sends no token:

    gcloud ai models upload --display-name=${spec.name} --container-image-uri=IMAGE \\
      --container-env-vars=SLIPWAY_ACCESS=open

It says where it calls by \`AIP_HTTP_PORT\`, \`AIP_HEALTH_ROUTE\` and \`AIP_PREDICT_ROUTE\`; bodies are \`{"instances": [...]}\`.
`;
}

const TOKENS_TEXT = `\`tokens\` holds one token a line; every caller needs one of them. The file is read again every few seconds, so new tokens are
good, and removed ones are not, without a restart. While it has none nobody may call. Write into the file, as the command above does: Docker
mounts the file itself, so the container does not see another file that \`mv\`, \`sed -i\` or an editor puts in its place, keeps the former
tokens and logs a warning. A mounted folder (\`-v "$PWD/secrets:${IMAGE_PATHS.tokens}:ro"\`, with the file \`tokens\` in it) has no such limit.`;

const OPEN_TEXT = `Everyone who reaches the port may call (exported with open access): leave that to a network or a cloud that checks callers.`;

const RUNTIME_TEXT = `
\`node_modules\` holds ONNX Runtime for Linux on x64 and arm64, CPU, as the platform that made this folder had installed it; the build copies
it and reaches no package registry. \`package-lock.json\` names the versions with their hashes: \`npm ci --ignore-scripts\` in this folder puts
the same packages there for every system.
`;
