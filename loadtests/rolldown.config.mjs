import { defineConfig } from 'rolldown';

// k6 on a cluster gets its script from a ConfigMap, which has no folders: everything is in one file.
export default defineConfig({
  input: 'journeys/cluster-journey.ts',
  external: /^k6(\/|$)/,
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: { dir: 'dist/cluster', entryFileNames: 'journey.js', format: 'esm', cleanDir: true },
});
