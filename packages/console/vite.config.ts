import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Static files for the control plane to serve; nothing inline, so that `script-src 'self'` holds. */
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['slipway-source', ...defaultClientConditions] },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:7400' } },
});
