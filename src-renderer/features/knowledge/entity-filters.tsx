import { X } from 'lucide-react';
import type { Facet } from '#shared/contract/knowledge.ts';
import { Button, Check, FacetMenu, type Text, useText } from '#renderer/ui/index.ts';
import { useQuery } from '#renderer/client/index.ts';
import { typeLabel } from './entity-parts.tsx';
import { inWords } from './kinds.ts';
import type { ListPlace } from './links.ts';
import { RenameTag } from './rename-tag.tsx';

/** The filters as the engine wants them: only those that are set. */
export function engineFilters(place: ListPlace) {
  const some = (list: readonly string[] | undefined) => (list && list.length > 0 ? [...list] : undefined);
  return {
    types: some(place.types),
    tactics: some(place.tactics),
    platforms: some(place.platforms),
    tags: some(place.tags),
    tlp: some(place.tlp) as ('clear' | 'green' | 'amber' | 'amber+strict' | 'red' | 'none')[] | undefined,
    importId: place.importId,
    includeRetired: place.retired ?? false,
  };
}

/** A row of filters for lists of entities. `types` overrides the counts by type, where a search has its own. */
export function EntityFilters({
  place,
  onChange,
  types,
}: {
  place: ListPlace;
  onChange: (next: ListPlace) => void;
  types?: readonly Facet[] | undefined;
}) {
  const t = useText();
  const facets = useQuery((client, signal) => client.knowledge.listFacets(undefined, { signal }), []).data;
  const list = (
    found: readonly Facet[] | undefined,
    chosen: readonly string[] = [],
    name: (facet: Facet) => string = (facet) => facet.label,
  ) => {
    const options = (found ?? []).map((facet) => ({ value: facet.value, label: name(facet), count: facet.count }));
    const known = new Set(options.map((option) => option.value));
    return [...options, ...chosen.filter((value) => !known.has(value)).map((value) => ({ value, label: inWords(value), count: 0 }))];
  };
  const { text: _, ...rest } = place;
  const filtered = Object.values(rest).some((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));
  return (
    <div className="filters" role="group" aria-label={t('filter.label')}>
      <FacetMenu
        label={t('filter.types')}
        options={list(types ?? facets?.types, place.types, (facet) => typeLabel(t, facet.value))}
        chosen={place.types ?? []}
        onChange={(value) => onChange({ ...place, types: value })}
      />
      <FacetMenu
        label={t('filter.tactics')}
        options={list(facets?.tactics, place.tactics, (facet) => (facet.label === facet.value ? inWords(facet.value) : facet.label))}
        chosen={place.tactics ?? []}
        onChange={(value) => onChange({ ...place, tactics: value })}
      />
      <FacetMenu
        label={t('filter.platforms')}
        options={list(facets?.platforms, place.platforms)}
        chosen={place.platforms ?? []}
        onChange={(value) => onChange({ ...place, platforms: value })}
      />
      <FacetMenu
        label={t('filter.tlp')}
        options={list(facets?.tlp, place.tlp, (facet) => tlpLabel(t, facet.value))}
        chosen={place.tlp ?? []}
        onChange={(value) => onChange({ ...place, tlp: value })}
      />
      <FacetMenu
        label={t('filter.tags')}
        options={list(facets?.tags, place.tags)}
        chosen={place.tags ?? []}
        onChange={(value) => onChange({ ...place, tags: value })}
      />
      <Check
        label={t('filter.retired')}
        checked={place.retired ?? false}
        onChange={(event) => onChange({ ...place, retired: event.target.checked })}
      />
      <RenameTag tags={facets?.tags ?? []} />
      {filtered ? (
        <span className="filter-chips">
          {lists.flatMap((name) =>
            (place[name] ?? []).map((value) => {
              const what = chipLabel(t, name, value, facets?.tactics);
              return (
                <Chip key={`${name} ${value}`} what={what}>
                  {() => onChange({ ...place, [name]: (place[name] ?? []).filter((other) => other !== value) })}
                </Chip>
              );
            }),
          )}
          {place.importId ? <Chip what={t('filter.import')}>{() => onChange({ ...place, importId: undefined })}</Chip> : null}
          <Button small kind="quiet" icon={X} onClick={() => onChange({ text: place.text ?? '' })}>
            {t('filter.clear')}
          </Button>
        </span>
      ) : null}
    </div>
  );
}

const lists = ['types', 'tactics', 'platforms', 'tlp', 'tags'] as const;

function chipLabel(t: Text, name: (typeof lists)[number], value: string, tactics: readonly Facet[] | undefined): string {
  if (name === 'types') return typeLabel(t, value);
  if (name === 'tlp') return tlpLabel(t, value);
  if (name === 'tactics') return tactics?.find((facet) => facet.value === value && facet.label !== value)?.label ?? inWords(value);
  return value;
}

/** One filter that is set; its button takes it away. */
function Chip({ what, children: remove }: { what: string; children: () => void }) {
  const t = useText();
  return (
    <span className="chip chip-filter">
      <span className="clip">{what}</span>
      <button type="button" aria-label={t('chips.remove', { what })} onClick={remove}>
        <X size={13} aria-hidden />
      </button>
    </span>
  );
}

export function tlpLabel(t: Text, value: string) {
  return value === 'none' ? t('filter.tlp.none') : t('entity.tlp', { level: value.toUpperCase() });
}
