import { useState } from 'react';
import type { FilePreview } from '#shared/contract/knowledge.ts';
import { Button, Select, useText } from '#renderer/ui/index.ts';

type Columns = NonNullable<FilePreview['columns']>;
const keep = '';

/** How the columns of a table become properties, above its first rows; the engine previews anew when it is applied. */
export function ColumnMappingEditor({ columns, onChange }: { columns: Columns; onChange: (mapping: Columns['mapping']) => void }) {
  const t = useText();
  const [draft, setDraft] = useState(columns.mapping);
  const changed = JSON.stringify(draft) !== JSON.stringify(columns.mapping);
  const options = [
    { value: keep, label: t('import.columns.keep') },
    ...columns.properties.map((one) => ({ value: one.property, label: one.title })),
  ];
  return (
    <div className="stack">
      <div className="view-head">
        <h3>{t('import.columns')}</h3>
        <span className="quiet small">{t('import.columns.hint')}</span>
        {changed ? (
          <Button small kind="primary" onClick={() => onChange(draft)}>
            {t('import.columns.apply')}
          </Button>
        ) : null}
      </div>
      <div className="table-scroll">
        <table className="table mapping">
          <thead>
            <tr>
              {draft.map((entry, index) => (
                <th key={entry.column} scope="col">
                  <span className="mapping-column">{entry.column}</span>
                  <Select
                    bare
                    label={t('import.columns.of', { column: entry.column })}
                    value={entry.property ?? keep}
                    options={options}
                    onChange={(value) =>
                      setDraft(draft.map((other, at) => (at === index ? { ...other, property: value === keep ? null : value } : other)))
                    }
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.firstRows.slice(0, 5).map((row, index) => (
              <tr key={`${index}-${row[0] ?? ''}`}>
                {draft.map((entry, at) => (
                  <td key={entry.column} className={entry.property === null ? 'quiet' : undefined}>
                    {row[at] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
