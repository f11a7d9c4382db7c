import { isStream, OPERATIONS, type Operation } from '@slipway/contract';
import { code, GENERATED_NOTICE, table } from './markdown.ts';

/** Every operation, room by room in the order of the contract: how it is called, what it needs, how it may fail. */
export function operationsReference(): string {
  const operations: [string, Operation][] = Object.entries(OPERATIONS);
  const modules = [...new Set(operations.map(([, { module }]) => module))];
  return [
    GENERATED_NOTICE,
    '',
    '# Operations',
    '',
    'Everything that may be asked of the control plane. The full schemas are in the OpenAPI document:',
    '[docs/api/openapi.json](../api/openapi.json), or `/api/openapi.json` of a running server. The SDK has a method and',
    'the permission matrix a row for each. Any of them may also answer `request.invalid`, `request.bad-json`,',
    '`access.unauthenticated`, `access.forbidden` or `internal` ([failures](failures.md)).',
    ...modules.map((module) =>
      section(
        module,
        operations.filter(([, operation]) => operation.module === module),
      ),
    ),
    '',
  ].join('\n');
}

function section(module: string, operations: [string, Operation][]): string {
  const rows = operations.map(([id, operation]) => [
    code(id),
    code(`${operation.method} ${operation.path}`),
    operation.permission === 'public' ? '(public)' : code(operation.permission),
    operation.summary,
    takes(operation),
    operation.failures.map(code).join(', '),
  ]);
  return `\n## ${module}\n\n${table(['id', 'call', 'permission', 'what it does', 'takes', 'may fail with'], rows)}`;
}

function takes({ query, body }: Operation): string {
  const parts = [
    ...(query === undefined ? [] : [`query ${Object.keys(query.shape).map(code).join(', ')}`]),
    ...(body === undefined ? [] : [isStream(body) ? `body ${code(body.stream)}` : 'JSON body']),
  ];
  return parts.join('; ');
}
