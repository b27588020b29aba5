import { describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { sourceFromBytes } from '../source.ts';
import { csv } from './index.ts';
import { csvExport } from './write.ts';

const signal = new AbortController().signal;

describe('formulas in cells', () => {
  it('are guarded on the way out and come back as they were', async () => {
    const names = [
      '=1+1',
      "'=1+1",
      "''@x",
      '+cmd',
      '-2+3',
      '@SUM(A1)',
      '＝1',
      "'plain",
      '-5',
      '+3.5',
      "it's",
      '=HYPERLINK("http://a.example","x")',
    ];
    const objects = names.map(
      (name, index): StixObject => ({
        type: 'x-redoubt-asset',
        id: `x-redoubt-asset--${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`,
        name,
      }),
    );
    async function* pages() {
      yield objects;
    }
    const text = (await Array.fromAsync(csvExport.write(pages(), { signal, now: 0, lose: () => undefined }))).join('');
    for (const cell of text.split(/[,\r\n]/)) expect(cell).not.toMatch(/^"?[=@＝]|^"?[+-](?!\d+(?:\.\d+)?$)/);
    const source = await sourceFromBytes('out.csv', new TextEncoder().encode(text));
    const items = (await Array.fromAsync(csv.read(source, { signal, now: 0, findByExternalId: () => undefined }))).flat();
    const back = items.flatMap((item) => (item.kind === 'object' && item.object.type === 'x-redoubt-asset' ? [item.object.name] : []));
    expect(back).toEqual(names);
  });
});
