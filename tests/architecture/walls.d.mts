export type Room = [name: string, where: string, may: string[], packages: string[], node: boolean];
export const rooms: Room[];
export const reserved: [name: string, modules: string[], where: string][];
export const forbidden: unknown[];
export const options: unknown;
export const habits: { name: string; where: string; but?: string; never: RegExp }[];
export function roomOf(file: string): string | undefined;
