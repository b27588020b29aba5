import { expect, it } from 'vitest';
import { hasSharedData, shared } from '../../../../../tests/fixtures/shared-data.ts';
import { context, readAll } from '../conformance.ts';
import { controlId } from '../ctid-mapping/mapping.ts';
import type { Item } from '../format.ts';
import { countermeasureId } from '../misp-galaxy/cluster.ts';
import { sourceFromPath } from '../source.ts';
import { workbookWith } from './hand-made.ts';
import { xlsx } from './index.ts';

const row = (cells: readonly string[]) => `<row>${cells.map((cell) => `<c t="str"><v>${cell}</v></c>`).join('')}</row>`;
const header = ['Control Identifier', 'Control (or Control Enhancement) Name', 'Type', 'Relation', 'D3FEND Techniques', 'Notes'];
const sheet = (...rows: readonly (readonly string[])[]) =>
  workbookWith(`<worksheet><sheetData>${[header, ...rows].map(row).join('')}</sheetData></worksheet>`);
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const lossesOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'loss' ? [item.what] : []));
const standing = 'course-of-action--00000000-0000-4000-8000-0000000000aa';

it('reads D3FEND’s mapping of controls as controls, not as assets', async () => {
  const bytes = sheet(
    ['AC-2(1)', 'Automated System Account Management', 'technical', 'broader', 'D3-MFA| D3-AL |x', 'why'],
    ['AC-1', 'Policy and Procedures', 'policy', '', '', ''],
    ['AC-2(1)', 'Again', '', 'broader', 'D3-MFA', ''],
    ['CCI-001682', 'The system disables accounts.', 'technical', 'narrower', 'D3-AL', ''],
    ['whatever', 'x', '', '', 'D3-AL', ''],
  );
  const items = (await readAll(xlsx, 'x.xlsx', bytes, { findByExternalId: (id) => (id === 'D3-MFA' ? standing : undefined) })) as Item[];
  const objects = objectsOf(items);
  expect(objects.filter(({ type }) => type === 'x-redoubt-asset')).toEqual([]);
  expect(objects.filter(({ type }) => type === 'x-redoubt-control')).toMatchObject([
    {
      id: controlId('nist_800_53', 'AC-02(01)'),
      name: 'Automated System Account Management',
      control_id: 'AC-02(01)',
      x_redoubt_d3fend: { type: 'technical', notes: 'why' },
    },
    { id: controlId('cci', 'CCI-001682'), framework: 'cci' },
  ]);
  expect(objects.filter(({ type }) => type === 'relationship').map((one) => [one['target_ref'], one['x_redoubt_mapping']])).toEqual([
    [standing, { framework: 'd3fend', type: 'broader' }],
    [countermeasureId('D3-AL'), { framework: 'd3fend', type: 'broader' }],
    [countermeasureId('D3-AL'), { framework: 'd3fend', type: 'narrower' }],
  ]);
  expect(objects.filter(({ type }) => type === 'course-of-action').map(({ name }) => name)).toEqual(['D3-AL']);
  expect(items.filter(({ kind }) => kind === 'rejected')).toMatchObject([{ id: 'whatever' }]);
  for (const wanted of [
    /no id of D3FEND/,
    /D3-MFA stands before/,
    /^1 rows name no countermeasure/,
    /^1 countermeasures are not in this workspace/,
  ])
    expect(
      lossesOf(items).some((what) => wanted.test(what)),
      String(wanted),
    ).toBe(true);
});

it.skipIf(!hasSharedData)(`reads D3FEND’s own workbooks${hasSharedData ? '' : ' (skipped: no shared data)'}`, async () => {
  for (const [file, framework, id] of [
    ['d3fend/sp800-53r5-control-catalog-d3fend-mapping.xlsx', 'nist_800_53 rev5', 'AC-02(01)'],
    ['d3fend/CCI_Mapping.xlsx', 'cci', 'CCI-001682'],
  ] as const) {
    const source = await sourceFromPath(shared(file));
    expect(xlsx.detect(await source.head()).confidence).toBeGreaterThan(0.9);
    await xlsx.columns?.(source);
    const objects = objectsOf((await Array.fromAsync(xlsx.read(source, context()))).flat());
    expect(
      objects.filter(({ type }) => type === 'x-redoubt-asset'),
      file,
    ).toEqual([]);
    expect(
      objects.map((one) => one.id),
      file,
    ).toContain(controlId(framework, id));
    expect(objects.filter(({ type }) => type === 'relationship').length, file).toBeGreaterThanOrEqual(200);
  }
});
