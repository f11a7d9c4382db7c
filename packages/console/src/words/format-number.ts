const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number for people: whole ones grouped, others with four significant digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '—' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value)) return whole.format(value).replace('-', '−');
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2).replace('-', '−');
  const digits = size >= 1000 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)));
  return new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(value).replace('-', '−');
}

/** A number in a column of its like: as {@link formatNumber}, with as many decimals as its size has room for. */
export function formatMetric(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || Number.isInteger(value) || size >= 1000 || size < 1e-4) {
    return formatNumber(value);
  }
  return value.toFixed(size >= 1 ? 3 - Math.floor(Math.log10(size)) : 4).replace('-', '−');
}

/** A share between 0 and 1 as a percentage with one decimal. */
export function formatShare(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : '—';
}
