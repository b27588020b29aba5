import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { readAll } from '../conformance.ts';
import type { Item, ReadContext } from '../format.ts';
import { capec } from './index.ts';

const bytes = new Uint8Array(readFileSync(new URL('fixtures/catalogue-3.9.xml', import.meta.url)));
const read = async (context: Partial<ReadContext> = {}) => (await readAll(capec, 'capec.xml', bytes, context)) as Item[];
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const lossesOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'loss' ? [item.what] : []));
const technique = 'attack-pattern--00000000-0000-4000-8000-0000000000aa';

it('reads patterns as the STIX edition words them, with mitigations, relations and techniques', async () => {
  const items = await read({ findByExternalId: (id) => (id === 'T1574.010' ? technique : undefined) });
  const objects = objectsOf(items);
  const [dial, touching] = objects.filter(({ type }) => type === 'attack-pattern');
  expect(dial).toMatchObject({
    name: 'Turning the Dial',
    created: '2014-06-23T00:00:00.000Z',
    modified: '2022-09-29T00:00:00.000Z',
    description: 'An adversary turns the dial of a pump.',
    x_capec_extended_description: 'It is turned\n- slowly\n- or & fast',
    x_capec_likelihood_of_attack: 'High',
    x_capec_typical_severity: 'Very High',
    x_capec_alternate_terms: ['Dialling'],
    x_capec_execution_flow: ['1. Explore: Find the pump.\n- Walk the ward.'],
    x_capec_skills_required: { Low: 'Hands.' },
    x_capec_consequences: { Integrity: ['Modify Data'], Access_Control: ['Modify Data'] },
    x_capec_child_of_refs: [touching?.id],
    x_capec_version: '3.9',
    external_references: [
      { source_name: 'capec', external_id: 'CAPEC-9001', url: 'https://capec.mitre.org/data/definitions/9001.html' },
      { source_name: 'cwe', external_id: 'CWE-306' },
      { source_name: 'ATTACK', external_id: 'T1574.010' },
      { source_name: 'OWASP Attacks', description: 'Dialling' },
      {
        source_name: 'reference_from_CAPEC',
        external_id: 'REF-1',
        description: 'A. Writer, On Dials, 2009',
        url: 'https://example.org/dials',
      },
    ],
  });
  expect(dial && externalIdOf(dial)).toBe('CAPEC-9001');
  expect(objects.filter(({ type }) => type === 'course-of-action').map(({ description }) => description)).toEqual([
    'Lock the dial.',
    'Watch it.',
  ]);
  const edges = objects.filter(({ type }) => type === 'relationship').map((one) => [one['relationship_type'], one['target_ref']]);
  expect(edges).toEqual(
    expect.arrayContaining([
      ['mitigates', dial?.id],
      ['mitigates', dial?.id],
      ['related-to', technique],
    ]),
  );
  expect(items.filter(({ kind }) => kind === 'rejected')).toMatchObject([
    { reason: expect.stringMatching(/CAPEC-9002 stands before/) },
    { reason: 'its ID is no number' },
    { reason: 'it has no name' },
  ]);
  for (const wanted of [/1 of CAPEC’s categories/, /1 of CAPEC’s views/, /nature CanAlsoBe/, /random ones/])
    expect(
      lossesOf(items).some((what) => wanted.test(what)),
      String(wanted),
    ).toBe(true);
});

it('meets the patterns of the STIX edition by their numbers, and leaves their words alone', async () => {
  const standing = 'attack-pattern--014e5fc2-7564-4775-94aa-220601522b05';
  const items = await read({ findByExternalId: (id) => (id === 'CAPEC-9001' ? standing : undefined) });
  const objects = objectsOf(items);
  const dial = objects.find(({ id }) => id === standing);
  expect(dial).toMatchObject({ name: 'Turning the Dial', x_redoubt_capec: { version: '3.9', notes: ['Seen once.'] } });
  expect(dial).not.toHaveProperty('description');
  expect(objects.filter(({ type }) => type === 'course-of-action')).toEqual([]);
  expect(lossesOf(items).some((what) => /1 patterns stand in the workspace already.*the 2 here/.test(what))).toBe(true);
  expect(lossesOf(items).some((what) => what.startsWith('1 of CAPEC’s references'))).toBe(true);
});
