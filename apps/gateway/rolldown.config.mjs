import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { defineConfig } from 'rolldown';

const { dependencies, peerDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const isBundled = (/** @type {string} */ id) =>
  id.startsWith('.') || id.startsWith('/') || ['@holdfast/service', '@holdfast/system'].includes(packageOf(id));
const packageOf = (/** @type {string} */ id) => id.split('/', id.startsWith('@') ? 2 : 1).join('/');

// The published command carries `@holdfast/service` and `@holdfast/system`, which are not published. Everything else stays an import, and the build
// fails when the package does not list it as a dependency: it would be missing where the command is installed.
export default defineConfig({
  // Each is loaded by `require` from the one before it: see main.ts.
  input: ['main', 'run-command', 'run-gateway'].map((name) => `dist/${name}.js`),
  platform: 'node',
  external: (id) => !isBundled(id),
  plugins: [
    {
      name: 'imports-are-dependencies',
      generateBundle(_options, bundle) {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        const imported = new Set(chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]));
        const missing = [...imported].filter(
          (id) =>
            !Object.hasOwn(bundle, id) &&
            !isBuiltin(id) &&
            !Object.hasOwn({ ...dependencies, ...peerDependencies }, packageOf(id)),
        );
        if (missing.length > 0)
          this.error(`package.json lacks these dependencies of the bundle: ${missing.join(', ')}`);
      },
    },
  ],
  output: { dir: 'dist/bundle', format: 'esm', cleanDir: true },
});
