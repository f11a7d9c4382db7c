import { Composer, CST, Lexer, Parser } from 'yaml';

/** Lists and mappings in each other. */
const DEEPEST = 100;

/**
 * The value of one YAML document. As the server's `parseYaml`, whose reasons are there, it refuses before it makes values what the package
 * yaml would take minutes for or would exhaust the stack with; a client imports nothing of the server. Throws an Error that says what is wrong.
 */
export function parseYaml(text: string): unknown {
  const tokens = tokensOf(text);
  for (const token of tokens) if (token.type === 'document') refuseUnusualKeys(token);
  const [document, ...more] = new Composer({ uniqueKeys: true, logLevel: 'error' }).compose(
    tokens,
    true,
    text.length,
  );
  if (more.length > 0) throw new Error('it holds several documents');
  if (document === undefined) return null;
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS() as unknown;
}

function tokensOf(text: string): CST.Token[] {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST) throw new Error(`it is deeper than ${DEEPEST} lists and mappings`);
  }
  return [...tokens, ...parser.end()];
}

function refuseUnusualKeys(document: CST.Document): void {
  const open: (CST.Token | null | undefined)[] = [document.value];
  while (open.length > 0) {
    const token = open.pop();
    if (!CST.isCollection(token)) continue;
    for (const { key, value } of token.items) {
      if (key != null && !CST.isScalar(key)) throw new Error('a key is a list, a mapping or an alias');
      open.push(value);
    }
  }
}
