/** Builds the command line of an installed Redoubt into out/cli. */
export function buildCommandLine(): Promise<void>;
