import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

/** A fenced block of a document. */
export interface Block {
  /** Relative to the repository. */
  readonly document: string;
  /** What stands behind the opening fence. */
  readonly language: string;
  readonly text: string;
}

/** The blocks of what readers follow, in their order: pages, and the READMEs of packages, apps and examples. */
export function blocks(): Block[] {
  const pages = ['*.md', 'docs/**.md', 'packages/*/README.md', 'apps/*/README.md', 'examples/**/README.md'];
  const listed = execFileSync('git', ['ls-files', '--', ...pages], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .flatMap((document) =>
      [...readFileSync(join(ROOT, document), 'utf8').matchAll(/^ *```(\S*).*\n([\s\S]*?)^ *```$/gm)].map(
        ([, language = '', text = '']) => ({ document, language, text }),
      ),
    );
}

/** Those that hold commands. */
export function shellBlocks(): Block[] {
  return blocks().filter(({ language }) => ['sh', 'bash', 'console', 'shell'].includes(language));
}

/** A block's commands without comments; one that goes over several lines is one command. */
export function commandsOf({ text }: Block): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of text.replaceAll(/(^|\s+)# .*$/gm, '').split('\n')) {
    open = open === '' ? line.trim() : `${open}\n${line}`;
    const quoted = open.split("'").length % 2 === 0;
    const looping = /^for /.test(open) && !/\bdone$/.test(open);
    if (open === '' || open.endsWith('\\') || quoted || looping) continue;
    commands.push(open.replaceAll(/\s*\\\n\s*/g, ' '));
    open = '';
  }
  return commands;
}
