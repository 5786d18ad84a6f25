// Copies the declarations of a package's dist to dist/cjs, where they count as CommonJS. Node requires the same ES modules from
// CommonJS, so there is one copy of the code and of its classes; TypeScript alone asks for declarations of that kind.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const dist = join(process.cwd(), 'dist');
const target = join(dist, 'cjs');
rmSync(target, { recursive: true, force: true });
for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.d.ts')) continue;
  mkdirSync(dirname(join(target, path)), { recursive: true });
  copyFileSync(join(dist, path), join(target, path));
}
writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n');
