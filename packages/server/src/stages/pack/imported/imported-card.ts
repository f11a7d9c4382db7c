import { rowAnalysisOf, type TensorManifest, type TensorSpec } from './model.ts';

/** The model card of an imported model: what was read of it and seen of it, and what nobody told us. */
export function renderCard(name: string, manifest: TensorManifest, bytes: number): string {
  const { graph, lineage, task, classes } = manifest;
  const opsets = Object.entries(graph.opsets).map(([domain, version]) => `${domain} ${version}`);
  const { mlflow } = lineage.source;
  const rows = [
    ['file', `${lineage.source.file} (SHA-256 ${lineage.sha256})`],
    ['made by', graph.producer || 'not said'],
    ['operator sets', `${opsets.join(', ')}; IR version ${graph.irVersion}`],
    [
      'size',
      `${bytes.toLocaleString('en')} bytes, ${graph.nodes.toLocaleString('en')} nodes, ${graph.parameters.toLocaleString('en')} constants`,
    ],
    ['task', task === 'tensor' ? 'not said' : task],
    ['classes', classes.length === 0 ? 'not said' : classes.slice(0, 20).join(', ')],
    ...(manifest.label === undefined ? [] : [['value of a row', `the output ${manifest.label}`]]),
    ...(manifest.scores === undefined ? [] : [['probabilities of a row', `the output ${manifest.scores}`]]),
    ['rows of several requests in one run', rowsText(manifest)],
    ...(lineage.from === undefined
      ? []
      : [['compressed from', `version ${lineage.from.version} of ${lineage.from.model}`]]),
    ...(mlflow === undefined ? [] : [['MLflow', JSON.stringify(mlflow)]]),
  ];
  return `# ${name}

Imported, not trained here: Slipway knows how it answers, not how good it is. It has no training profile, so drift cannot be
told.

| what | said or seen |
|---|---|
${rows.map(([what, is]) => `| ${what} | ${cell(is!)} |`).join('\n')}

## Takes

${tensorTable(manifest.inputs)}

## Gives

${tensorTable(manifest.outputs)}
${[...(manifest.adapted ?? []), ...(manifest.decided ?? [])].map((change) => `\n${cell(change)}\n`).join('')}
${graph.leftOut.map(({ name: left, is }) => `\nThe output \`${left}\` is ${is} and is not served.\n`).join('')}`;
}

function rowsText(manifest: TensorManifest): string {
  const rows = rowAnalysisOf(manifest);
  return rows.independent
    ? 'yes: the graph proves that rows do not depend on each other'
    : `no: ${rows.reason}`;
}

function tensorTable(specs: readonly TensorSpec[]): string {
  const rows = specs.map(
    ({ name, type, shape }) => `| ${cell(name)} | ${type} | ${cell(shapeText(shape))} |`,
  );
  return ['| tensor | type | shape |', '|---|---|---|', ...rows].join('\n');
}

function shapeText(shape: TensorSpec['shape']): string {
  if (shape === null) return 'any';
  return `[${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}

/** What others named must not end the cell of a table. */
function cell(text: string): string {
  return text.replaceAll(/[|\r\n`<>]/g, ' ');
}
