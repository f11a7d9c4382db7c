export { SessionProvider, useSession } from './session.tsx';
export { takeKey } from './take-key.ts';
