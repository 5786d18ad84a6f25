import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import subsetFont from 'subset-font';
import { defineConfig, type Plugin } from 'vite';

const COMPRESSIBLE = /\.(?:js|css|html|svg)$/;

/** Writes a brotli and a gzip form beside each text file, which `server.mjs` then sends as they are. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle({ dir = 'dist' }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!COMPRESSIBLE.test(name)) continue;
        const content = readFileSync(join(dir, name));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

const FONT = '@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2';
/** What the page's own English is written in; `theme.css` has the same list as `unicode-range`. */
const OWN_CHARACTERS = [
  ...Array.from({ length: 0x7e - 0x20 + 1 }, (_, n) => String.fromCodePoint(0x20 + n)),
  ...'·×–—‘’“”…',
].join('');

/** Makes the font of the weights and characters that the page itself uses, half the size of the whole alphabet; returns its path. */
async function ownFont(): Promise<string> {
  const whole = readFileSync(createRequire(import.meta.url).resolve(FONT));
  const variationAxes = { wght: { min: 400, max: 800 } };
  const directory = fileURLToPath(new URL('node_modules/.vite', import.meta.url));
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'atkinson-own.woff2');
  writeFileSync(path, await subsetFont(whole, OWN_CHARACTERS, { targetFormat: 'woff2', variationAxes }));
  return path;
}

/** The page's text is laid out with it: it comes with the scripts, not after them. */
function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    transformIndexHtml(_html, { bundle, filename }) {
      const [name] = Object.keys(bundle ?? {}).filter((file) => /atkinson-own.*\.woff2$/.test(file));
      if (name === undefined || filename.endsWith('plain.html')) return [];
      return [
        { tag: 'link', attrs: { rel: 'preload', as: 'font', href: `/${name}`, crossorigin: true }, injectTo: 'head' },
      ];
    },
  };
}

/** Pages of their own, so that none loads what another needs; `server.mjs` chooses by host. */
const PAGES = ['index.html', 'client.html', 'actor.html', 'plain.html'];

/** Static pages; `server.mjs` serves what lands in dist. Nothing is inlined, so that the pages' CSP needs no exception. */
export default defineConfig(async () => ({
  resolve: {
    // Another version at the top of node_modules would be a second Preact, whose hooks know nothing of the first one's components.
    dedupe: ['preact'],
    alias: {
      'atkinson-own.woff2': await ownFont(),
      // Written for React, built with its small sibling: a fifth of the bytes and of the time to start.
      'react/jsx-runtime': 'preact/jsx-runtime',
      'react/jsx-dev-runtime': 'preact/jsx-dev-runtime',
      'react-dom': 'preact/compat',
      react: fileURLToPath(new URL('src/design/react.ts', import.meta.url)),
    },
  },
  plugins: [react(), preloadFont(), precompress()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    rolldownOptions: {
      input: PAGES,
      output: {
        codeSplitting: {
          groups: [
            { name: 'preact', test: /node_modules[\\/]preact[\\/]/ },
            // With what makes it keep the policy, which has to happen before any shape is made.
            { name: 'zod', test: /node_modules[\\/]zod[\\/]|without-eval/ },
            // What every page needs, the one without React too.
            {
              name: 'base',
              test: /design[\\/](?:theme|controls)\.css|[\\/](?:place\.ts|scenario-choice\.ts|route-note\.js)/,
            },
          ],
        },
      },
    },
  },
}));
