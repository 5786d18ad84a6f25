import { readFileSync } from 'node:fs';
import type { ConfigMistake } from '@holdfast/proxy';
import { type Overrides, type ParsedGatewayFile, parseGatewayFile } from './gateway-file.js';

/** Reads and checks the file at `path`; a file that cannot be read is a mistake like any other. */
export async function readGatewayFile(path: string, overrides: Overrides): Promise<ParsedGatewayFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    const example = 'holdfast-gateway --help shows a file to start from';
    return { ok: false, mistakes: [{ path: '(file)', problem, example }] };
  }
  return parseGatewayFile(text, overrides);
}

/** Every mistake on its own line, for a terminal. */
export function reportMistakes(path: string, mistakes: readonly ConfigMistake[]): string {
  const lines = mistakes.map(
    (mistake) => `  ${mistake.path}: ${mistake.problem}\n    for example: ${mistake.example}\n`,
  );
  return `${path} has ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}:\n${lines.join('')}`;
}

/** Every warning on its own line, for a terminal. */
export function reportWarnings(warnings: readonly string[]): string {
  return warnings.map((warning) => `  warning: ${warning}\n`).join('');
}
