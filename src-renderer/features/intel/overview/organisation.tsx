import { useState } from 'react';
import type { Organisation } from '#shared/contract/intel.ts';
import { sectors } from '#shared/domain/intel/sectors.ts';
import { useAction } from '#renderer/client/index.ts';
import { Button, Dialog, FacetMenu, Failed, TextField, useText } from '#renderer/ui/index.ts';

/** Whose assets these are: name, sectors, countries. */
export function OrganisationDialog({ organisation, onClose }: { organisation: Organisation | null; onClose: () => void }) {
  const t = useText();
  const [name, setName] = useState(organisation?.name ?? '');
  const [chosen, setChosen] = useState<string[]>(organisation?.sectors ?? []);
  const [countries, setCountries] = useState(organisation?.countries.join(' ') ?? '');
  const codes = countries
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((code) => code !== '');
  const wrong = codes.filter((code) => !/^[A-Z]{2}$/.test(code));
  const save = useAction(async (client) => {
    await client.intel.setOrganisation({ name: name.trim(), sectors: chosen, countries: codes });
    onClose();
  });
  const own = chosen.filter((sector) => !sectors.includes(sector));
  return (
    <Dialog
      title={t('organisation.title')}
      onClose={onClose}
      foot={
        <Button kind="primary" disabled={save.busy || name.trim() === '' || wrong.length > 0} onClick={() => void save.run()}>
          {t('organisation.save')}
        </Button>
      }
    >
      <div className="stack">
        <p className="quiet">{t('organisation.about')}</p>
        <TextField label={t('organisation.name')} required maxLength={300} value={name} onChange={(event) => setName(event.target.value)} />
        <FacetMenu
          label={t('organisation.sectors')}
          options={[...sectors, ...own].map((sector) => ({ value: sector, label: sector.replaceAll('-', ' ') }))}
          chosen={chosen}
          onChange={setChosen}
        />
        {chosen.length > 0 ? (
          <p className="row">
            {chosen.map((sector) => (
              <span key={sector} className="chip">
                {sector.replaceAll('-', ' ')}
              </span>
            ))}
          </p>
        ) : null}
        <TextField
          label={t('organisation.countries')}
          hint={t('organisation.countriesHint')}
          maxLength={300}
          value={countries}
          onChange={(event) => setCountries(event.target.value)}
          error={wrong.length > 0 ? t('organisation.countriesBad', { codes: wrong.join(', ') }) : undefined}
        />
        {save.error ? <Failed error={save.error} /> : null}
      </div>
    </Dialog>
  );
}
