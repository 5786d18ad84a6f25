// `npm run api`: what each published package exports, as a text in docs/api-reports/ that a review can read line by line.
// Without `--write` it fails when a text is not what the build says.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { publishedPackages } from './published-packages.mjs';
import { root } from './root.mjs';

const REPORTS = join(root, 'docs/api-reports');
const write = process.argv.includes('--write');
const temp = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
mkdirSync(REPORTS, { recursive: true });
let failed = false;
for (const { name, folder, entries } of publishedPackages()) {
  for (const [path, types] of entries) {
    const report = `${[name.replace('@holdfast/', ''), ...path.split('/').slice(1)].join('-')}.api.md`;
    if (!reports(name, folder, types, report)) failed = true;
  }
}
rmSync(temp, { recursive: true });
if (failed) console.error('\nThe public API differs from docs/api-reports. If that is wanted: npm run api -- --write');
process.exit(failed ? 1 : 0);

/**
 * Writes or compares one report; true when it is current.
 * @param {string} name @param {string} folder @param {string} types @param {string} report
 */
function reports(name, folder, types, report) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, types),
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.build.json') },
      apiReport: { enabled: true, reportFileName: report, reportFolder: REPORTS, reportTempFolder: temp },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  Extractor.invoke(config, { localBuild: write, messageCallback: keepSilent });
  const current = join(REPORTS, report);
  const same = existsSync(current) && readFileSync(current, 'utf8') === readFileSync(join(temp, report), 'utf8');
  console.log(`${same ? '✓' : '✗'} ${name}: ${report}`);
  return same;
}

/** One line for each report is enough. @param {import('@microsoft/api-extractor').ExtractorMessage} message */
function keepSilent(message) {
  message.handled = true;
}
