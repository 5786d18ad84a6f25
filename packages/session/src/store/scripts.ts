import { readFileSync } from 'node:fs';
import { type Script, script } from '../redis/script.js';

/** Scripts are files, so that other languages send the same ones; each file says what its KEYS and ARGV are. */
const FOLDER = new URL('../../lua/', import.meta.url);
const SHARED = read('shared');

export const LOGIN = load('login');
export const ROTATE = load('rotate');
export const CREATE = load('create');
export const WRITE = load('write');
export const TOUCH = load('touch');
export const END = load('end');
export const END_OF_USER = load('end-of-user');
export const LIST_OF_USER = load('list-of-user');
export const INDEX_AGAIN = load('index-again');
export const SWEEP = load('sweep');
export const REFUSED_COMMANDS = load('refused-commands');

export const ALL_SCRIPTS: readonly Script[] = [
  LOGIN,
  ROTATE,
  CREATE,
  WRITE,
  TOUCH,
  END,
  END_OF_USER,
  LIST_OF_USER,
  INDEX_AGAIN,
  SWEEP,
  REFUSED_COMMANDS,
];

function load(name: string): Script {
  return script(SHARED + read(name));
}

function read(name: string): string {
  const file = new URL(`${name}.lua`, FOLDER);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(
      `@holdfast/session: its script ${file} cannot be read. A bundler has to leave this package out (external), since it reads its lua folder`,
      { cause },
    );
  }
}
