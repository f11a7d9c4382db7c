const GATED = new Set(['high', 'critical']);
/** What npm says when the registry does not offer audits, or is not reached. */
const NO_AUDIT =
  /audit endpoint returned an error|ENOAUDIT|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;

/**
 * What an audit came to.
 *
 * @param {string} stdout of `npm audit --json`
 * @param {string} stderr
 * @returns {{ says: string, failed: boolean }}
 */
export function readAudit(stdout, stderr) {
  const report = parsed(stdout);
  if (report?.vulnerabilities === undefined) {
    const reason = `${report?.error?.summary ?? ''} ${report?.message ?? ''} ${stderr}`.trim();
    if (NO_AUDIT.test(reason))
      return { says: 'npm audit: NOT CHECKED, since the registry in use answers no audit', failed: false };
    return { says: `npm audit failed: ${reason.slice(0, 500) || 'it printed nothing'}`, failed: true };
  }
  const found = Object.entries(report.vulnerabilities);
  const gated = found.filter(([, { severity }]) => GATED.has(severity));
  if (gated.length === 0)
    return { says: `npm audit: ${found.length} findings, none high or critical`, failed: false };
  const names = gated.map(([name, { severity }]) => `${name} (${severity})`).join(', ');
  return { says: `npm audit: ${names}`, failed: true };
}

/**
 * @param {string} text
 * @returns {{ vulnerabilities?: Record<string, { severity: string }>, message?: string, error?: { summary?: string } } | undefined}
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
