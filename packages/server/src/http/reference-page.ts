import { FAILURES, isStream, OPERATIONS, type Operation } from '@slipway/contract';
import { z } from 'zod';

/** The reference of the API as one readable page without scripts, made from the contract. */
export function referencePage(): string {
  const operations = Object.entries(OPERATIONS) as [string, Operation][];
  const modules = [...new Set(operations.map(([, operation]) => operation.module))];
  const sections = modules.map((module) => {
    const own = operations.filter(([, operation]) => operation.module === module);
    return `<h2 id="${module}">${module}</h2>${own.map(([id, operation]) => operationSection(id, operation)).join('')}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Slipway API</title><style>${STYLE}</style></head><body>
<h1>Slipway API</h1><p>Send <code>Authorization: Bearer &lt;key&gt;</code>. Failures are problem+json (RFC 9457) with a code.
The same as a document: <a href="/api/openapi.json">/api/openapi.json</a>.</p>
<nav>${modules.map((module) => `<a href="#${module}">${module}</a>`).join(' ')} <a href="#failures">failures</a></nav>
${sections.join('\n')}<h2 id="failures">failures</h2>${failureTable()}</body></html>`;
}

function operationSection(id: string, operation: Operation): string {
  return `<section id="${id}"><h3><code>${operation.method} ${escapeHtml(operation.path)}</code></h3>
<p>${escapeHtml(operation.summary)} <small>${id} · needs ${operation.permission}</small></p>
${part('Query', operation.query)}${part('Body', operation.body)}${example(operation.example)}${part('Answer', operation.answer)}
${operation.failures.length === 0 ? '' : `<p><small>May fail with ${operation.failures.map((code) => `<a href="#${code}">${code}</a>`).join(', ')}</small></p>`}</section>`;
}

function part(title: string, schema: Operation['body'] | Operation['query']): string {
  if (schema === undefined) return '';
  const text = isStream(schema)
    ? schema.stream
    : JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), null, 1);
  return `<details><summary>${title}</summary><pre>${escapeHtml(text)}</pre></details>`;
}

function example(value: unknown): string {
  return value === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(value, null, 1))}</pre>`;
}

function failureTable(): string {
  const rows = Object.entries(FAILURES).map(
    ([code, { says, hint }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${escapeHtml(says)}</td><td>${escapeHtml(hint)}</td></tr>`,
  );
  return `<table><thead><tr><th>Code</th><th>Says</th><th>Way out</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;border:1px solid #8884;border-radius:6px}
h3{margin:1.5rem 0 .25rem}section{border-top:1px solid #8883}nav a{margin-right:.75rem}table{border-collapse:collapse}
td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8883}small{opacity:.75}`;
