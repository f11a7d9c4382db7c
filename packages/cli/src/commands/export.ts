import { type Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common, gather, wholeNumber } from '../options.ts';
import { answer, say } from '../output.ts';
import { saveStream, validateOutputPath } from '../save-stream.ts';

type ExportOptions = CommonOptions & {
  as: 'docker' | 'compose' | 'kubernetes';
  out?: string;
  image?: string;
  digest?: string;
  access?: 'tokens' | 'open';
  predictionLog?: 'off' | 'stdout' | 'folder';
  grpcPort?: number;
  namespace?: string;
  gatewayNamespace?: string[];
  scraperNamespace?: string;
  tokenSecret?: string;
  routeHost?: string;
  gateway?: string;
  serviceMonitor?: boolean;
};

export function addExport(program: Command): void {
  withKubernetes(
    common(program.command('export'))
      .description('Write a build context and manifests for an endpoint as a tar file.')
      .argument('<endpoint>')
      .addOption(
        new Option('--as <kind>', 'platform to export for')
          .choices(['docker', 'compose', 'kubernetes'])
          .makeOptionMandatory(),
      )
      .option(
        '--image <name>',
        'image such as registry.example/team/churn, with or without tag or digest (the endpoint in pack.imageRegistry)',
      )
      .addOption(
        new Option('--access <who>', 'who may call: bearers of tokens, or everyone (tokens)').choices([
          'tokens',
          'open',
        ]),
      )
      .addOption(
        new Option('--prediction-log <where>', 'where predictions are logged (off)').choices([
          'off',
          'stdout',
          'folder',
        ]),
      )
      .option('--grpc-port <n>', 'port of gRPC, 0 for none (8081 for kubernetes, else none)', wholeNumber),
  )
    .option('--out <file>', 'the tar file (ENDPOINT-KIND.tar)')
    .action(async (name: string, options: ExportOptions) => {
      const out = options.out ?? `${name}-${options.as}.tar`;
      await validateOutputPath(out);
      const client = await connect(options);
      const chunks = await client.call['endpoints.export']({ params: { name }, query: queryOf(options) });
      await saveStream(out, chunks);
      answer({ endpoint: name, as: options.as, out }, options.json, () => {
        say(`Wrote ${out}.`);
        say(`Next: mkdir ${name} && tar -xf ${out} -C ${name} && cat ${name}/README.md`);
      });
    });
}

function withKubernetes(command: Command): Command {
  return command
    .option('--digest <digest>', 'kubernetes: digest of the image that was pushed, sha256:…')
    .option('--namespace <name>', 'kubernetes: namespace of all resources')
    .option('--gateway-namespace <names>', 'kubernetes: further namespaces whose pods may call', gather)
    .option('--scraper-namespace <name>', 'kubernetes: namespace whose pods read metrics (monitoring)')
    .option('--token-secret <name>', 'kubernetes: existing Secret with the key tokens')
    .option('--route-host <host>', 'kubernetes: host name of an HTTPRoute')
    .option('--gateway <name>', 'kubernetes: its Gateway, as name or namespace/name')
    .option('--service-monitor', 'kubernetes: a ServiceMonitor for the Prometheus operator');
}

function queryOf(options: ExportOptions) {
  const { as, image, digest, access, predictionLog, grpcPort, namespace, scraperNamespace } = options;
  const { tokenSecret, routeHost, gateway, serviceMonitor } = options;
  return {
    ...{ as, image, digest, access, predictionLog, grpcPort, namespace, scraperNamespace },
    ...{ tokenSecret, routeHost, gateway },
    gatewayNamespaces: options.gatewayNamespace?.join(','),
    serviceMonitor: serviceMonitor ? 'true' : undefined,
  };
}
