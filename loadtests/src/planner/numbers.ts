const SUFFIXES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** `40`, `2e6`, `50k`, `1.5M` as a number; undefined for any other text. */
export function readNumber(text: string): number | undefined {
  const [, digits, suffix = ''] = /^((?:\d+(?:\.\d+)?|\.\d+)(?:e\+?\d{1,2})?)([kmg]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(digits) * (SUFFIXES[suffix.toLowerCase()] ?? 1);
  return Number.isFinite(value) ? value : undefined;
}

/** Three significant digits, grouped: 1 234, 0.0123. */
export function shortNumber(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 1) return String(Number(value.toPrecision(2)));
  if (Math.abs(value) < 100) return String(Number(value.toPrecision(3)));
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
}

export function shortBytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let left = value;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${shortNumber(left)} ${units[unit]}`;
}

export function shortMinutes(minutes: number): string {
  if (minutes <= 0) return 'at once';
  if (minutes < 1) return `${shortNumber(minutes * 60)} s`;
  return minutes < 180 ? `${shortNumber(minutes)} min` : `${shortNumber(minutes / 60)} h`;
}
