import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';

export type Path = readonly (string | number)[];

/** A YAML file whose mistakes are reported with file, line and place. */
export class YamlFile {
  readonly mistakes: string[] = [];
  /** The file as plain data; undefined when it cannot be read. */
  readonly content: unknown;
  private readonly document: Document;
  private readonly lines = new LineCounter();

  constructor(
    private readonly path: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const { message, pos } of this.document.errors) this.add(this.lines.linePos(pos[0]).line, '', message);
    this.content = this.document.errors.length > 0 ? undefined : this.read();
  }

  /** Adds a mistake at this place, or at the place around it when the file has nothing there. */
  mistake(path: Path, message: string): void {
    this.add(this.lineOf(path), titleOf(path), message);
  }

  private lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const start = this.startOf(path.slice(0, length));
      if (start !== undefined) return this.lines.linePos(start).line;
    }
    return 1;
  }

  /** The position of the key, or in a list the beginning of the item. */
  private startOf(path: Path): number | undefined {
    const around = path.length === 1 ? this.document.contents : this.document.getIn(path.slice(0, -1), true);
    const key = path.at(-1);
    const pair = isMap(around) ? around.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0];
    const node: unknown = this.document.getIn(path, true);
    return hasRange(node) ? node.range[0] : undefined;
  }

  private read(): unknown {
    try {
      return this.document.toJS();
    } catch (error) {
      this.add(1, '', `cannot be read: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  private add(line: number, title: string, message: string): void {
    this.mistakes.push(`${this.path}:${line}: ${title}${title === '' ? '' : ': '}${message}`);
  }
}

/** `rules[2].counted` */
function titleOf(path: Path): string {
  return path.map((part, n) => (typeof part === 'number' ? `[${part}]` : n === 0 ? part : `.${part}`)).join('');
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
