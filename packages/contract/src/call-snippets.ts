/** What is put where a token belongs when none is known. */
export const TOKEN_PLACE = 'PASTE-A-TOKEN-HERE';

export type SnippetCall = { url: string; token: string; body: unknown };

/** How to call an endpoint, by language. Each works as pasted once it holds a token. */
export const CALL_SNIPPETS = {
  curl: { title: 'curl', write: curl },
  typescript: { title: 'TypeScript', write: typescript },
  python: { title: 'Python', write: python },
} as const satisfies Record<string, { title: string; write: (call: SnippetCall) => string }>;

export type SnippetLanguage = keyof typeof CALL_SNIPPETS;

/** For a POSIX shell. */
function curl({ url, token, body }: SnippetCall): string {
  return [
    `curl -sS ${shellQuoted(url)} \\`,
    `  -H ${shellQuoted(`Authorization: Bearer ${token}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuoted(JSON.stringify(body))}`,
  ].join('\n');
}

/** For Node 18 and later, Deno, Bun and browsers. */
function typescript({ url, token, body }: SnippetCall): string {
  return [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: 'POST',`,
    `  headers: { authorization: ${JSON.stringify(`Bearer ${token}`)}, 'content-type': 'application/json' },`,
    `  body: JSON.stringify(${JSON.stringify(body)}),`,
    `});`,
    `console.log(await response.json());`,
  ].join('\n');
}

/** For Python 3 with nothing installed. A JSON text within a JSON text is also a Python literal. */
function python({ url, token, body }: SnippetCall): string {
  return [
    `import json, urllib.request`,
    ``,
    `request = urllib.request.Request(`,
    `    ${asciiQuoted(url)},`,
    `    data=${asciiQuoted(JSON.stringify(body))}.encode(),`,
    `    headers={"Authorization": ${asciiQuoted(`Bearer ${token}`)}, "Content-Type": "application/json"},`,
    `)`,
    `print(json.load(urllib.request.urlopen(request)))`,
  ].join('\n');
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Python reads surrogate escapes as two characters, so what is beyond ASCII is written as code points. */
function asciiQuoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\U${point.toString(16).padStart(8, '0')}`;
  });
}
