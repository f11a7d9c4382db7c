import { stringify } from 'yaml';
import { dockerFiles } from './docker-files.ts';
import { type ExportSpec, IMAGE_PATHS, USER_ID } from './export-spec.ts';

/** A build context and a Compose file that builds and runs it; tokens come from the file `tokens` beside it. */
export function composeFiles(spec: ExportSpec): Map<string, string> {
  return new Map([...dockerFiles(spec), ['compose.yaml', stringify(composeFile(spec))]]);
}

function composeFile(spec: ExportSpec) {
  const hasTokens = spec.access === 'tokens';
  const keepsLog = spec.predictionLog === 'folder';
  const ports = [spec.port, spec.grpcPort].filter((port) => port !== 0);
  return {
    name: spec.name,
    services: {
      [spec.name]: {
        image: spec.image,
        build: '.',
        init: false,
        user: `${USER_ID}:${USER_ID}`,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: ['/tmp'],
        environment: spec.environment,
        ports: ports.map((port) => `127.0.0.1:${port}:${port}`),
        ...(hasTokens && { secrets: [{ source: 'tokens', target: IMAGE_PATHS.tokenFile }] }),
        ...(keepsLog && { volumes: [`predictions:${IMAGE_PATHS.predictions}`] }),
        mem_limit: `${spec.memoryMegabytes}m`,
        restart: 'unless-stopped',
        stop_grace_period: '45s',
      },
    },
    ...(hasTokens && { secrets: { tokens: { file: './tokens' } } }),
    ...(keepsLog && { volumes: { predictions: {} } }),
  };
}
