import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromBytes } from '../source.ts';
import { isDateFormat } from './cells.ts';
import { workbookWith } from './hand-made.ts';
import { xlsx } from './index.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const assets = (items: Item[]) =>
  items.flatMap((item) => (item.kind === 'object' && item.object.type === 'x-redoubt-asset' ? [item.object] : []));

async function read(bytes: Uint8Array, over = {}): Promise<Item[]> {
  const items = await readAll(xlsx, 'x.xlsx', bytes, over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
}

describe('workbooks', () => {
  it('finds the header below a title and reads texts, numbers, days and last values', async () => {
    const items = await read(fixture('register.xlsx'));
    const [pacs, roentgen, rich] = assets(items);
    expect(pacs).toMatchObject({
      asset_id: '4711',
      name: 'PACS-01',
      hostnames: ['pacs-01.harbourvale.example'],
      ip_addresses: ['192.0.2.1'],
      mac_addresses: ['00:50:56:ab:cd:01'],
      serial_number: '123456789012',
      owner: 'Dr. Müller',
      criticality: 5,
      exposure: 'internal',
      x_csv_bought: '2025-10-01',
      x_csv_cost: '1000.3',
    });
    expect(roentgen).toMatchObject({
      asset_id: '4712',
      name: 'Röntgen 2',
      owner: '=HYPERLINK("http://evil.example","x")',
      x_csv_bought: '2025-10-01T12:00:00',
    });
    expect(rich).toMatchObject({ asset_id: '4713', name: 'Rich Switch' });
    expect(items.filter((item) => item.kind === 'object' && item.object.type === 'vulnerability')).toHaveLength(2);
  });

  it('says what it leaves out: sheets, titles, formulas, errors', async () => {
    const losses = (await read(fixture('register.xlsx'))).flatMap((item) => (item.kind === 'loss' ? [`${item.path}: ${item.what}`] : []));
    for (const wanted of [
      /sheet Notes: no row/,
      /sheet Old: .*hidden/,
      /row 1: it stands above the header/,
      /M4.*3 cells hold formulas \(M4, A5, M5\)/,
      /row 5: .*error.*M5/,
      /row 7: .*without a computed value.*M7/,
    ])
      expect(
        losses.some((loss) => wanted.test(loss)),
        String(wanted),
      ).toBe(true);
    const rejected = (await read(fixture('register.xlsx'))).flatMap((item) => (item.kind === 'rejected' ? [item.path] : []));
    expect(rejected).toEqual(['sheet Register, row 8']);
  });

  it('reads several tables, prefixed names, and rows without references', async () => {
    const items = await read(fixture('two-sheets.xlsx'));
    expect(assets(items).map(({ name }) => name)).toEqual(['db1', 'db2', 'pc1']);
    expect(items.some((item) => item.kind === 'rejected' && /sheet Servers, row 2/.test(item.reason))).toBe(true);
    const columns = await xlsx.columns?.(await sourceFromBytes('x.xlsx', fixture('two-sheets.xlsx')));
    expect(columns?.mapping.map(({ column, property }) => [column, property])).toEqual([
      ['Hostname', 'hostnames'],
      ['OS', 'operating_system'],
      ['Environment', 'environment'],
      ['User', 'owner'],
      ['Department', 'business_unit'],
    ]);
    expect(columns?.firstRows[0]).toEqual(['db1', 'Debian 12', 'prod', '', '']);
  });

  it('takes a chosen mapping', async () => {
    const items = await read(fixture('two-sheets.xlsx'), {
      mapping: [
        { column: 'Hostname', property: 'name' },
        { column: 'User', property: null },
      ],
    });
    expect(assets(items).at(-1)).toMatchObject({ name: 'pc1', x_csv_user: 'alice' });
  });

  it('refuses bombs, entities, old and protected workbooks with a reason', async () => {
    const bomb = workbookWith(Buffer.alloc(300 * 1024 * 1024, 0x20));
    expect(await readAll(xlsx, 'b', bomb)).toEqual({ failed: expect.stringContaining('many times its size') });
    const laughs = workbookWith(
      '<!DOCTYPE x [<!ENTITY a "ha">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>',
    );
    expect(await readAll(xlsx, 'l', laughs)).toEqual({ failed: expect.stringContaining('never followed') });
    const old = Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]);
    expect(await readAll(xlsx, 'o', old)).toEqual({ failed: expect.stringContaining('.xls') });
    expect(await readAll(xlsx, 'e', workbookWith('<worksheet/>'))).toEqual({ failed: expect.stringContaining('header') });
  }, 30_000);

  it('bounds columns, cells and references', async () => {
    const head = '<row r="1"><c r="A1" t="str"><v>Hostname</v></c><c r="B1" t="str"><v>Owner</v></c></row>';
    const items = await read(
      workbookWith(
        `<worksheet><sheetData>${head}<row r="2"><c r="A2" t="str"><v>h</v></c><c r="XFD2" t="str"><v>far</v></c></row><row r="3"><c r="A3" t="s"><v>99999999</v></c><c r="B3" t="str"><v>x</v></c></row><row r="9999999999"><c r="ZZZZZ1" t="str"><v>h2</v></c></row></sheetData></worksheet>`,
      ),
    );
    expect(items.filter(({ kind }) => kind === 'rejected').map((item) => item.path)).toEqual(['row 2', 'row 3']);
    expect(assets(items).map(({ name }) => name)).toEqual(['h2']);
  });

  it.each([
    ['dd.mm.yyyy', true],
    ['[h]:mm:ss', true],
    ['0.00', false],
    ['"yes";"no"', false],
    ['[Red]0', false],
    ['General', false],
    ['#,##0 \\d', false],
  ])('knows days by their format: %s', (code, is) => expect(isDateFormat(164, code)).toBe(is));
});
