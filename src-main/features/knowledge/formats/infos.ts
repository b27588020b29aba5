import type { FormatInfo } from '#shared/contract/knowledge.ts';
import { exportFormats, formats } from './index.ts';

/** All of them in words, read ones first; one that is both read and written comes once. */
export function formatInfos(): FormatInfo[] {
  const read = formats.map(
    ({ id, title, from = [], brings = '', extensions = [] }): FormatInfo => ({
      id,
      title,
      from: [...from],
      brings,
      extensions: [...extensions],
      reads: true,
      writes: exportFormats.some((format) => format.id === id),
    }),
  );
  const written = exportFormats
    .filter(({ id }) => !read.some((format) => format.id === id))
    .map(
      ({ id, title, extension }): FormatInfo => ({ id, title, from: [], brings: '', extensions: [extension], reads: false, writes: true }),
    );
  return [...read, ...written];
}
