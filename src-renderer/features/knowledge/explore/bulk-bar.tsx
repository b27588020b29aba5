import { Download, Link2, type LucideIcon, SlidersHorizontal, StickyNote, Tag, Tags, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { asContractError, fetchExport, saveFile, useClient } from '#renderer/client/index.ts';
import { Button, IconButton, toast, useText } from '#renderer/ui/index.ts';
import { type BulkKind, BulkDialog, type BulkTarget } from './bulk-dialog.tsx';

const acts: readonly { kind: BulkKind; icon: LucideIcon }[] = [
  { kind: 'tag', icon: Tag },
  { kind: 'untag', icon: Tags },
  { kind: 'set', icon: SlidersHorizontal },
  { kind: 'relate', icon: Link2 },
  { kind: 'note', icon: StickyNote },
  { kind: 'delete', icon: Trash2 },
];

/** Objects that the engine changes, and writes to a file, at once. */
const most = { change: 50_000, export: 10_000 };

/** What can be done to all that is selected. */
export function BulkBar({ target, count, atLeast, onClear }: { target: BulkTarget; count: number; atLeast: boolean; onClear: () => void }) {
  const t = useText();
  const client = useClient();
  const [kind, setKind] = useState<BulkKind | undefined>();
  const [exporting, setExporting] = useState(false);
  const tooMany = count > most.change || atLeast;
  const exportSelected = async () => {
    if (!target.ids) return;
    setExporting(true);
    try {
      const { file, fileName } = await fetchExport(client, { format: 'stix2.1', ids: target.ids });
      saveFile(file, fileName);
      toast(t('bulk.exported', { file: fileName }));
    } catch (error) {
      toast(asContractError(error).message);
    } finally {
      setExporting(false);
    }
  };
  return (
    <div className="bulk-bar" role="group" aria-label={t('bulk.label')}>
      <strong role="status">{t('table.selected', { count })}</strong>
      {acts.map(({ kind: one, icon }) => (
        <Button key={one} small icon={icon} kind={one === 'delete' ? 'danger' : 'plain'} disabled={tooMany} onClick={() => setKind(one)}>
          {t(`bulk.${one}`)}
        </Button>
      ))}
      {target.ids && target.ids.length <= most.export ? (
        <Button small icon={Download} disabled={exporting} onClick={() => void exportSelected()}>
          {t('bulk.export')}
        </Button>
      ) : null}
      {tooMany ? <span className="field-error">{t('table.tooMany', { most: t.number(most.change) })}</span> : null}
      <span className="grow" />
      <IconButton small icon={X} label={t('table.clearSelection')} onClick={onClear} />
      {kind ? <BulkDialog kind={kind} target={target} count={count} onClose={() => setKind(undefined)} /> : null}
    </div>
  );
}
