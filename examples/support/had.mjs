/** What `obtain` resolves with; where it cannot be had, why a test is skipped, said loudly. */
export async function had(what, obtain) {
  try {
    return { value: await obtain(), missing: false };
  } catch (error) {
    console.error(`!!! WITHOUT ${what}: the tests of an example that need it are skipped. ${error.message}`);
    return { value: undefined, missing: error.message };
  }
}
