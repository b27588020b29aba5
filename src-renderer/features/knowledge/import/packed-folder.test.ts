import { describe, expect, it } from 'vitest';
import { containerFromSource } from '../../../../src-main/features/knowledge/import/archives/index.ts';
import { sourceFromBytes } from '../../../../src-main/features/knowledge/formats/source.ts';
import { packFiles } from './packed-folder.ts';

describe('a packed folder', () => {
  it('is read by the engine with every path and content', async () => {
    const files: Record<string, string> = {
      'a.txt': 'hello',
      'empty.txt': '',
      [`deep/${'x'.repeat(200)}/größe.yml`]: 'wörld'.repeat(300),
      'ninety/nine.json': 'x'.repeat(512),
    };
    const packed = packFiles(
      'rules',
      Object.entries(files).map(([path, text]) => ({ path, file: new File([text], 'f') })),
    );
    expect(packed.name).toBe('rules');
    const container = await containerFromSource(await sourceFromBytes('rules', new Uint8Array(await packed.arrayBuffer())));
    const read: Record<string, string> = {};
    for await (const { path, open, refused } of container?.members(new AbortController().signal) ?? []) {
      expect(refused).toBeUndefined();
      if (open) read[path] = Buffer.concat(await Array.fromAsync((await open()).bytes())).toString('utf8');
    }
    expect(read).toEqual(files);
  });
});
