export * from './audit-chain.ts';
export * from './authenticate.ts';
export * from './ensure-owner-key.ts';
export * from './manage-keys.ts';
export * from './model.ts';
export * from './ports.ts';
export * from './secret.ts';
