import { fail } from '@slipway/contract';

export const EXPORT_KINDS = ['docker', 'compose', 'kubernetes'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** What callers of an export may say about it; what is left out has a default. */
export type ExportOptions = {
  /** `registry.example/team/churn`, with or without tag or digest. */
  image?: string | undefined;
  /** `sha256:…` of the image that was pushed. */
  digest?: string | undefined;
  /** Who may call: the bearers of tokens, or everyone who reaches the port. */
  access?: 'tokens' | 'open' | undefined;
  /** Where predictions are logged: nowhere, as lines of the container's output, or in a mounted folder. */
  predictionLog?: 'off' | 'stdout' | 'folder' | undefined;
  /** Port of the Open Inference Protocol over gRPC; 0 leaves it out. */
  grpcPort?: number | undefined;
} & KubernetesOptions;

export type KubernetesOptions = {
  namespace?: string | undefined;
  /** Namespaces, besides the endpoint's own, whose pods may call. */
  gatewayNamespaces?: readonly string[] | undefined;
  /** Namespace whose pods may read metrics. */
  scraperNamespace?: string | undefined;
  /** A Secret that is there already, with the tokens under the key `tokens`. */
  tokenSecret?: string | undefined;
  /** Host name of an HTTPRoute. */
  routeHost?: string | undefined;
  /** The Gateway of that route: `name` or `namespace/name`. */
  gateway?: string | undefined;
  serviceMonitor?: boolean | undefined;
};

/** An image, such as `registry.example:5000/team/churn:v3@sha256:…`, by its parts. */
export function imageParts(image: string): {
  name: string;
  tag: string | undefined;
  digest: string | undefined;
} {
  const [named = '', digest] = image.split('@', 2);
  // A colon before a slash is that of the registry's port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  return { name: colon < 0 ? named : named.slice(0, colon), tag, digest };
}

/** Options that say something about Kubernetes alone. */
const OF_KUBERNETES = [
  'digest',
  'namespace',
  'gatewayNamespaces',
  'scraperNamespace',
  'tokenSecret',
  'routeHost',
  'gateway',
  'serviceMonitor',
] as const satisfies readonly (keyof ExportOptions)[];

/**
 * Throws `request.invalid`, with the option as path, for options that the kind of export does not have or that contradict each
 * other, and `export.image-missing` for Kubernetes without an image, which a cluster could not pull.
 */
export function checkOptions(kind: ExportKind, options: ExportOptions): void {
  const isKubernetes = kind === 'kubernetes';
  const { digest } = imageParts(options.image ?? '');
  if (digest !== undefined && !isKubernetes)
    refuse('image', `a digest is for Kubernetes, and this export, for ${kind}, builds the image`);
  if (digest !== undefined && options.digest !== undefined && digest !== options.digest)
    refuse('digest', 'it is another one than that of the image');
  for (const name of OF_KUBERNETES) {
    if (!isKubernetes && options[name] !== undefined)
      refuse(name, `it is for Kubernetes, and this export is for ${kind}`);
  }
  if (!isKubernetes) return;
  if (options.image === undefined) throw fail('export.image-missing');
  if (options.routeHost !== undefined && options.gateway === undefined)
    refuse('gateway', 'a route needs the Gateway that it belongs to, as name or namespace/name');
  if (options.gateway !== undefined && options.routeHost === undefined)
    refuse('routeHost', 'a route needs the host name that it answers to');
  if (options.tokenSecret !== undefined && options.access === 'open')
    refuse('tokenSecret', 'open access reads no tokens');
}

function refuse(path: keyof ExportOptions, reason: string): never {
  throw fail('request.invalid', { reason: `${path}: ${reason}` }, { path });
}
