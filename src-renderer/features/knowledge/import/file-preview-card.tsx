import { Trash2 } from 'lucide-react';
import { type FilePreview, importFormats } from '#shared/contract/knowledge.ts';
import { useClient, useQuery } from '#renderer/client/index.ts';
import { IconButton, Notice, Select, useText } from '#renderer/ui/index.ts';
import { KindGlyph, typeLabel } from '../entity-parts.tsx';
import { ColumnMappingEditor } from './column-mapping-editor.tsx';
import { correctFile, type PickedFile } from './import-store.ts';
import { ReasonList } from './reason-list.tsx';

/** What one file is, why it was taken for that, what it becomes and what would be lost. */
export function FilePreviewCard({ picked, preview, onRemove }: { picked: PickedFile; preview: FilePreview; onRemove: () => void }) {
  const t = useText();
  const client = useClient();
  const { data: formats } = useQuery((engine, signal) => engine.knowledge.listFormats(undefined, { signal }), [], { refreshOn: 'nothing' });
  const titles = new Map(formats?.map(({ id, title }) => [id, title]));
  return (
    <section className="panel import-card" aria-label={preview.file}>
      <header className="import-card-head">
        <div className="grow">
          <h2 className="clip">{picked.file.name}</h2>
          <p>
            <strong>{preview.formatTitle}</strong>{' '}
            <span className="quiet">
              {preview.members === undefined ? '' : `${t('import.members', { count: preview.members })} · `}
              {preview.because}
            </span>
          </p>
        </div>
        <Select
          bare
          label={t('import.as', { file: picked.file.name })}
          value={picked.as ?? 'auto'}
          options={[
            { value: 'auto' as const, label: t('import.as.auto') },
            ...importFormats.map((id) => ({ value: id, label: t('import.as.format', { format: titles.get(id) ?? id }) })),
          ]}
          onChange={(value) => correctFile(client, picked.key, { as: value === 'auto' ? undefined : value, mapping: undefined })}
        />
        <IconButton icon={Trash2} label={t('import.remove', { file: picked.file.name })} onClick={onRemove} />
      </header>
      {preview.failure ? (
        <Notice kind="bad" title={t('import.unreadable')}>
          <p>{preview.failure}</p>
        </Notice>
      ) : (
        <>
          <div className="import-becomes">
            <div className="table-scroll">
              <table className="table">
                <caption className="hidden-visually">{t('import.becomes')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t('import.type')}</th>
                    <th scope="col" className="numeric">
                      {t('import.created')}
                    </th>
                    <th scope="col" className="numeric">
                      {t('import.updated')}
                    </th>
                    <th scope="col" className="numeric">
                      {t('import.unchanged')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {preview.types.map((row) => (
                    <tr key={row.type}>
                      <td>
                        <KindGlyph type={row.type} /> {typeLabel(t, row.type)}
                      </td>
                      <td className="numeric">{t.number(row.created)}</td>
                      <td className="numeric">{t.number(row.updated)}</td>
                      <td className="numeric quiet">{t.number(row.unchanged)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {preview.samples.length > 0 ? (
              <div>
                <p className="label">{t('import.samples')}</p>
                <ul className="samples">
                  {preview.samples.map((sample) => (
                    <li key={sample.id} className="clip">
                      <KindGlyph type={sample.type} size={12} /> {sample.name}
                    </li>
                  ))}
                </ul>
              </div>
            ) : null}
          </div>
          {preview.columns ? (
            <ColumnMappingEditor
              columns={{ ...preview.columns, mapping: picked.mapping ?? preview.columns.mapping }}
              onChange={(mapping) => correctFile(client, picked.key, { as: picked.as, mapping })}
            />
          ) : null}
          <ReasonList
            title={t('import.rejected')}
            kind="bad"
            total={preview.rejectedTotal}
            items={preview.rejected.map(({ id, path, reason }) => ({ id, path, what: reason }))}
          />
          <ReasonList title={t('import.loss')} kind="warn" total={preview.lossTotal} items={preview.loss} />
        </>
      )}
    </section>
  );
}
