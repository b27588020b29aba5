import { type Text, useText } from '#renderer/ui/index.ts';
import type { MessageKey } from '#renderer/messages/index.ts';
import { inWords } from '../kinds.ts';
import { entityHref } from '../links.ts';
import { outline } from '../value-outline.ts';
import type { Fact, FactValue } from './facts.ts';

/** Names of properties that the machine's own spelling would not make clear. */
const names: Readonly<Record<string, MessageKey>> = {
  kill_chain_phases: 'property.kill_chain_phases',
  created_by_ref: 'property.created_by_ref',
  valid_from: 'property.valid_from',
  valid_until: 'property.valid_until',
  pattern: 'property.pattern',
  x_mitre_is_subtechnique: 'property.x_mitre_is_subtechnique',
  x_mitre_version: 'property.x_mitre_version',
  x_mitre_detection: 'property.x_mitre_detection',
  x_mitre_shortname: 'property.x_mitre_shortname',
  is_family: 'property.is_family',
  ip_addresses: 'property.ip_addresses',
  mac_addresses: 'property.mac_addresses',
  cpe: 'property.cpe',
  x_redoubt_kev: 'property.x_redoubt_kev',
  x_redoubt_cve: 'property.x_redoubt_cve',
  x_redoubt_purl: 'property.x_redoubt_purl',
  x_redoubt_sigma: 'property.x_redoubt_sigma',
  cvss_vector: 'property.cvss_vector',
};

export function propertyLabel(t: Text, property: string): string {
  const key = Object.hasOwn(names, property) ? names[property] : undefined;
  return key ? t(key) : inWords(property.replace(/_refs?$/, ''));
}

export function FactTable({ facts }: { facts: readonly Fact[] }) {
  const t = useText();
  if (facts.length === 0) return null;
  return (
    <dl className="facts">
      {facts.map(({ property, value }) => (
        <FactLine key={property} name={propertyLabel(t, property)} value={value} />
      ))}
    </dl>
  );
}

function FactLine({ name, value }: { name: string; value: FactValue }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <FactValueView value={value} />
      </dd>
    </>
  );
}

export function FactValueView({ value }: { value: FactValue }) {
  const t = useText();
  return (
    <>
      {value.kind === 'text' ? <span className="fact-text">{value.text}</span> : null}
      {value.kind === 'time' ? t.time(value.iso) : null}
      {value.kind === 'number' ? t.number(value.value) : null}
      {value.kind === 'truth' ? t(value.value ? 'ui.yes' : 'ui.no') : null}
      {value.kind === 'list' ? (
        <span className="row">
          {value.items.slice(0, 60).map((item) => (
            <span key={item} className="chip">
              {item}
            </span>
          ))}
        </span>
      ) : null}
      {value.kind === 'list' && value.items.length > 60 ? (
        <span className="shown">{t('ui.andMore', { count: value.items.length - 60 })}</span>
      ) : null}
      {value.kind === 'references' ? (
        <span className="row">
          {value.ids.slice(0, 20).map((id) => (
            <a key={id} className="mono small" href={entityHref(id)}>
              {id}
            </a>
          ))}
          {value.ids.length > 20 ? <span className="shown">{t('ui.andMore', { count: value.ids.length - 20 })}</span> : null}
        </span>
      ) : null}
      {value.kind === 'json' ? (
        <pre className="fact-outline">{outline(value.value, { yes: t('ui.yes'), no: t('ui.no') }).slice(0, 20_000)}</pre>
      ) : null}
    </>
  );
}
