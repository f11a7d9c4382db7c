/** A string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function list(items: readonly string[]): string {
  return `[${items.map(literal).join(', ')}]`;
}
