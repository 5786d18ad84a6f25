/** Why this folder cannot hold data, in one sentence that says what to do; undefined when it can. Creates it when missing. */
export function dataDirProblem(dataDir: string): string | undefined;

/** The same sentence for an error code of the system. */
export function describeDataDirProblem(dataDir: string, code: string): string;
