/** What this process or its name server lacks: descriptors, memory, ports, an answer of the name server. */
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

/** Whether an attempt to connect failed before any packet was sent, so that it tells nothing of the destination. */
export function isLocalError(code: string | undefined): boolean {
  return code !== undefined && LOCAL_ERRORS.has(code);
}
