const REMOVED = '[removed]';

/**
 * What a secret looks like where nothing else tells: keys and tokens of Slipway, PEM blocks, bearer and basic credentials, users and
 * passwords in addresses, values beside a telling name, access keys of AWS.
 */
const PATTERNS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{1,40}-----[^-]*-----END [A-Z ]{1,40}-----/g, REMOVED],
  [/\b[a-z]{2,16}_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, REMOVED],
  [/\b(Bearer|Basic) {1,4}[A-Za-z0-9._~+/=-]+/gi, `$1 ${REMOVED}`],
  [/:\/\/[^\s/@"'<>]+@/g, `://${REMOVED}@`],
  [
    /((?:password|passwd|secret|token|credential|api[_-]?key|private[_-]?key|access[_-]?key|authorization|signature)["']?[:=] ?)("[^"\n]*"|'[^'\n]*'|[^\s,;&"'}\]]+)/gi,
    `$1"${REMOVED}"`,
  ],
  [/\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g, REMOVED],
];

/** Shorter texts would be found in innocent words. */
const SHORTEST_KNOWN = 6;

/**
 * A text without what is secret in it: every one of `known`, also as JSON writes it, and what looks like a secret.
 *
 * @param known secrets that are known by their value, such as the owner's key
 */
export function removeSecrets(text: string, known: readonly string[]): string {
  const values = [...new Set(known.map((one) => one.trim()))]
    .filter((one) => one.length >= SHORTEST_KNOWN)
    .flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encodeURIComponent(one)])
    .sort((a, b) => b.length - a.length);
  const without = values.reduce((rest, value) => rest.replaceAll(value, REMOVED), text);
  return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), without);
}
