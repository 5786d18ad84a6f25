import { readFileSync } from 'node:fs';

/** The version in the package.json of this package, found from any folder inside it. */
export function readVersion(): string {
  for (const up of ['..', '../..', '../../..']) {
    const manifest = readManifest(new URL(`${up}/package.json`, import.meta.url));
    if (manifest?.name === '@holdfast/gateway' && manifest.version !== undefined) return manifest.version;
  }
  return 'unknown';
}

function readManifest(url: URL): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch {
    return undefined;
  }
}
