import { z } from 'zod';
import { flagSchema } from './bounded-schemas.ts';

const PART = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
const DIGEST = 'sha256:[0-9a-f]{64}';

/** An image as registries name it, port and folders too. It ends up in files that shells and builders read. */
const imageSchema = z
  .string()
  .max(500)
  .regex(
    new RegExp(`^${PART}(?::\\d{1,5}(?=/))?(?:/${PART})*(?::\\w[\\w.-]{0,127})?(?:@${DIGEST})?$`),
    'give an image such as registry.example/team/churn, in lower case, with or without a tag (:v3) or a digest (@sha256:…)',
  );

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const labelSchema = z
  .string()
  .max(63)
  .regex(new RegExp(`^${LABEL}$`), 'give a name as Kubernetes takes it');

/** How an endpoint is exported, as the query of `endpoints.export` and the options of `slipway export`. */
export const exportQuerySchema = z.object({
  as: z.enum(['docker', 'compose', 'kubernetes']),
  image: imageSchema
    .optional()
    .describe(
      'Image, with or without a tag (one that names the model when left out) or digest; the setting `pack.imageRegistry` with the endpoint’s name when left out',
    ),
  digest: z
    .string()
    .max(71)
    .regex(new RegExp(`^${DIGEST}$`), 'give sha256: and 64 hexadecimal digits')
    .optional()
    .describe('Digest of the image that was pushed'),
  access: z
    .enum(['tokens', 'open'])
    .optional()
    .describe(
      'Who may call: bearers of the tokens of a file (when left out), or everyone who reaches the port',
    ),
  predictionLog: z
    .enum(['off', 'stdout', 'folder'])
    .optional()
    .describe('Where predictions are logged: not at all (when left out), the output, or a mounted folder'),
  grpcPort: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Port of gRPC; 8081 for Kubernetes and none elsewhere when left out, 0 for none'),
  namespace: labelSchema.optional().describe('Kubernetes: the namespace of everything'),
  gatewayNamespaces: z
    .string()
    .max(1300)
    .regex(new RegExp(`^${LABEL}(?:,${LABEL}){0,19}$`), 'give up to 20 namespaces, separated by commas')
    .optional()
    .describe('Kubernetes: namespaces, separated by commas, whose pods may call besides the endpoint’s own'),
  scraperNamespace: labelSchema
    .optional()
    .describe('Kubernetes: namespace whose pods may read metrics; `monitoring` when left out'),
  tokenSecret: labelSchema
    .optional()
    .describe('Kubernetes: a Secret that is there already, in place of one made from a file'),
  routeHost: z
    .string()
    .max(253)
    .regex(new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`), 'give a host name')
    .optional()
    .describe('Kubernetes: host name of an HTTPRoute'),
  gateway: z
    .string()
    .max(127)
    .regex(new RegExp(`^(?:${LABEL}/)?${LABEL}$`), 'give name or namespace/name')
    .optional()
    .describe('Kubernetes: the Gateway of that route, as name or namespace/name'),
  serviceMonitor: flagSchema.optional().describe('Kubernetes: a ServiceMonitor for the Prometheus operator'),
});
