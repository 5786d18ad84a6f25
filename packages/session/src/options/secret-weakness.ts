/** Shortest secret that signs cookies. */
const MIN_SECRET_LENGTH = 16;
/** A random secret of 16 characters, even one of hexadecimal digits, almost certainly has more distinct characters than this. */
const MIN_DISTINCT_CHARACTERS = 6;

/** Parts of secrets that appear in documentation and templates, as letters and digits in lower case. */
const WELL_KNOWN = [
  ...['keyboardcat', 'changeme', 'changethis', 'changeit', 'replaceme', 'replacethis', 'yoursecret', 'yoursession'],
  ...['mysecret', 'supersecret', 'sessionsecret', 'secretsecret', 'secretkey', 'somesecret', 'verysecret', 'topsecret'],
  ...['thisisasecret', 'notasecret', 'insertsecret', 'password', 'letmein', 'qwerty', 'tobiiscool', 'shhhh'],
  ...['0123456789', '1234567890', '12345678', 'abcdefgh', 'correcthorsebattery'],
];

/**
 * The mistake in a secret, in words that follow its name, or undefined. In production (`NODE_ENV`) a secret that is
 * easy to guess is a mistake too. The secret itself is never repeated.
 */
export function secretMistake(secret: unknown): string | undefined {
  if (typeof secret !== 'string' || secret.length < MIN_SECRET_LENGTH) {
    return `must be a string of at least ${MIN_SECRET_LENGTH} characters`;
  }
  const weakness = process.env.NODE_ENV === 'production' ? guessableBecause(secret) : undefined;
  return weakness && `${weakness}; use a random one, such as \`openssl rand -base64 32\` prints`;
}

/** The reason why a secret of sufficient length is easy to guess, or undefined. The secret itself is never repeated. */
export function guessableBecause(secret: string): string | undefined {
  if (new Set(secret).size < MIN_DISTINCT_CHARACTERS) return 'has too few different characters';
  if (/^(.+)\1+$/s.test(secret)) return 'repeats itself';
  if (isSequence(secret)) return 'is a sequence of characters';
  const plain = secret.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (WELL_KNOWN.some((known) => plain.includes(known))) return 'is like a well-known example';
  return undefined;
}

function isSequence(secret: string): boolean {
  const steps = new Set<number>();
  for (let n = 1; n < secret.length; n += 1) steps.add(secret.charCodeAt(n) - secret.charCodeAt(n - 1));
  return steps.size === 1;
}
