/** A setting as `slipway config` shows it. */
export type ConfigEntry = {
  key: string;
  value: unknown;
  from: 'default' | 'memory' | 'file' | 'environment' | 'flag';
  says: string;
};
