const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units: 1000 bytes are a kB. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '—';
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[step]}`;
}
