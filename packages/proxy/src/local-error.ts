/** Errors of this process or its name server: no descriptors, memory or ports left, or a failed lookup. */
const LOCAL_ERRORS = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_MEMORY',
  'EAI_SYSTEM',
]);

/** Whether an attempt to connect failed before any packet was sent. Such a failure is not the destination's. */
export function isLocalError(code: string | undefined): boolean {
  return code !== undefined && LOCAL_ERRORS.has(code);
}
