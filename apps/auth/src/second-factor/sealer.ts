import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const MARK = 'sealed.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what others who read the storage must not use, by AES-256-GCM with keys from `secrets`: the first seals, all open. Without
 * secrets a text stays as it is. Texts from before the first secret can still be opened.
 */
export class Sealer {
  private readonly keys: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'holdfast second factor', 32)));
  }

  /** `owner`: whose text it is. It opens for this owner only. */
  seal(text: string, owner: string): string {
    const [key] = this.keys;
    if (key === undefined) return text;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return MARK + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Throws when none of the secrets sealed it for this owner. */
  open(text: string, owner: string): string {
    if (!text.startsWith(MARK)) return text;
    const bytes = Buffer.from(text.slice(MARK.length), 'base64url');
    for (const key of this.keys) {
      const opened = decrypt(bytes, key, owner);
      if (opened !== undefined) return opened;
    }
    throw new Error(
      'SECOND_FACTOR_SECRETS lacks the secret that sealed a second factor: add it at the end of the list',
    );
  }
}

function decrypt(bytes: Buffer, key: Buffer, owner: string): string | undefined {
  const tagEnd = IV_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(IV_BYTES, tagEnd));
  try {
    return decipher.update(bytes.subarray(tagEnd), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
