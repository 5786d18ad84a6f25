import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** One static page; `server.mjs` serves what lands in dist. Nothing is inlined, so that the page's CSP needs no exception. */
export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: true },
});
