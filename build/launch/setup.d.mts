export const root: string;
export const compiled: string;
export const neededNode: number;
export class SetupError extends Error {}
export function launch(main: () => Promise<number | undefined>): Promise<void>;
export function whatIsMissing(folder?: string): string | undefined;
export function ensureInstalled(): void;
export function requireWritable(folder: string): void;
export function findNode(): string;
