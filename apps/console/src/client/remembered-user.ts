const KEY = 'holdfast-user';

/**
 * The name this browser was last signed in under, null for none. The session cookie cannot be read by the page, so without it
 * every first visit would have to ask the server, and the refusal would look like a lost login.
 */
export function rememberedUser(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Remembers a sign-in, or forgets it with null. A browser that stores nothing just forgets. */
export function rememberUser(name: string | null): void {
  try {
    if (name === null) window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, name);
  } catch {
    // Storage is switched off: the page works without it.
  }
}
