// How each language's server is started, once what it needs is there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { obtainPhp, obtainPython, sayOnStderr, withProgress } from '@holdfast/infra';
import { run } from './run.mjs';

const dataDir = join(process.env.DATA_DIR, 'session-readers');
const folder = (language) => fileURLToPath(new URL(`../${language}`, import.meta.url));

/** For each language a function that resolves with the command, given the port; it rejects where the language cannot be had. */
export const READERS = {
  async php() {
    const php = await obtainPhp();
    return (port) => [php, ['-S', `127.0.0.1:${port}`, 'server.php'], folder('php')];
  },
  async python() {
    const python = await obtainPython(['redis'], process.env.DATA_DIR);
    return () => [python, ['-B', 'server.py'], folder('python')];
  },
  async go() {
    await withProgress("fetching Go's modules", sayOnStderr, () => run('go', ['mod', 'download'], folder('go')));
    const program = join(dataDir, 'go-reader');
    return async () => {
      // A mistake in the code fails the test; only a missing Go, or a missing module, skips it.
      await run('go', ['build', '-o', program, '.'], folder('go'));
      return [program, [], folder('go')];
    };
  },
  async java() {
    await run('java', ['--list-modules'], folder('java'));
    const libraries = join(dataDir, 'java-libraries');
    mkdirSync(libraries, { recursive: true });
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${libraries}`];
    await withProgress('fetching jars with Maven', sayOnStderr, () =>
      run('mvn', ['--batch-mode', '--quiet', ...copy], folder('java')),
    );
    return () => ['java', ['-cp', join(libraries, '*'), 'SessionReader.java'], folder('java')];
  },
};
