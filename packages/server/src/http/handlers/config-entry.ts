/** A setting as `slipway config` shows it. */
export type ConfigEntry = {
  key: string;
  value: unknown;
  from: 'default' | 'file' | 'environment' | 'flag';
  says: string;
};
