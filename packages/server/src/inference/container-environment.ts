import { fail } from '@slipway/contract';
import { isForeignVariable } from '../kernel/index.ts';
import type { VertexRoutes } from './dialects/vertex.ts';
import { INFERENCE_SETTINGS } from './settings.ts';

/** Variables of the environment, as Node has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that a process which serves one folder reads, besides those of the settings, with the flag that each stands for. */
const FLAG_OF_VARIABLE = new Map([
  ['SLIPWAY_LISTEN_PORT', 'port'],
  ['SLIPWAY_ACCESS', 'access'],
  ['SLIPWAY_SANDBOX', 'sandbox'],
  ['SLIPWAY_TOKEN_FILE', 'token-file'],
  ['SLIPWAY_PREDICTION_LOG', 'log-dir'],
  ['SLIPWAY_INFERENCE_PUBLIC_URL', 'public-url'],
  ...Object.keys(INFERENCE_SETTINGS).map((name): [string, string] => [variableOf(name), flagOf(name)]),
]);

/** `maxBodyBytes` is `--max-body-bytes`. */
export function flagOf(setting: string): string {
  return setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `maxBodyBytes` is `SLIPWAY_INFERENCE_MAX_BODY_BYTES`, as in the configuration of the platform. */
export function variableOf(setting: string): string {
  return `SLIPWAY_INFERENCE_${flagOf(setting).replaceAll('-', '_').toUpperCase()}`;
}

/** What the environment of a container says, by flag, and the names among `SLIPWAY_*` that mean nothing here. */
export function readContainerEnvironment(environment: Environment): {
  flags: ReadonlyMap<string, string>;
  unknown: string[];
} {
  const flags = new Map<string, string>();
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('SLIPWAY_') || isForeignVariable(name, value) || !value) continue;
    const flag = FLAG_OF_VARIABLE.get(name);
    if (flag === undefined) unknown.push(name);
    else flags.set(flag, value);
  }
  return { flags, unknown };
}

/**
 * The port that a cloud asks for: `AIP_HTTP_PORT` of Vertex AI or `SAGEMAKER_BIND_TO_PORT`; an empty variable counts as
 * unset. Throws `config.invalid` when they differ.
 */
export function cloudPort({
  AIP_HTTP_PORT: vertex,
  SAGEMAKER_BIND_TO_PORT: sageMaker,
}: Environment): { name: string; value: string } | undefined {
  if (vertex && sageMaker && vertex !== sageMaker) {
    const reason = `AIP_HTTP_PORT is ${vertex} and SAGEMAKER_BIND_TO_PORT is ${sageMaker}; unset one of them`;
    throw fail('config.invalid', { reason });
  }
  if (vertex) return { name: 'AIP_HTTP_PORT', value: vertex };
  return sageMaker ? { name: 'SAGEMAKER_BIND_TO_PORT', value: sageMaker } : undefined;
}

/**
 * Where Vertex AI calls. Throws `config.invalid` for one route without the other, for two that are the same, and for one
 * that is no path.
 */
export function vertexRoutesIn({
  AIP_HEALTH_ROUTE: health,
  AIP_PREDICT_ROUTE: predict,
}: Environment): VertexRoutes | undefined {
  if (!health && !predict) return undefined;
  if (!health || !predict)
    throw fail('config.invalid', { reason: `AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE go together` });
  for (const [name, route] of Object.entries({ AIP_HEALTH_ROUTE: health, AIP_PREDICT_ROUTE: predict })) {
    if (!/^\/[^?#\s]*$/.test(route))
      throw fail('config.invalid', { reason: `${name} must be a path such as /predict` });
  }
  if (health === predict) {
    throw fail('config.invalid', { reason: `AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE are both ${health}` });
  }
  return { health, predict };
}
