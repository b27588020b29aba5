export function findElectron(): Promise<{ program: string } | { why: string }>;
export function installedElectron(): string | undefined;
/** Builds main, engine process and preload where their sources changed. */
export function buildDesktop(): Promise<void>;
