/** Bytes as a person reads them: 96 KB, 3.2 MB. */
export function sizeWords(bytes: number, number: (value: number) => string): string {
  if (bytes < 1024 * 1024) return `${number(Math.max(1, Math.round(bytes / 1024)))} KB`;
  if (bytes < 1024 ** 3) return `${number(Math.round((bytes / 1024 ** 2) * 10) / 10)} MB`;
  return `${number(Math.round((bytes / 1024 ** 3) * 10) / 10)} GB`;
}
