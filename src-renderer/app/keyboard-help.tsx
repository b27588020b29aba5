import type { MessageKey } from '#renderer/messages/index.ts';
import { Dialog, useText } from '#renderer/ui/index.ts';
import { views } from './features.ts';

const everywhere: readonly (readonly [string, MessageKey])[] = [
  ['Ctrl K', 'help.palette'],
  ['/', 'help.search'],
  ['Ctrl V', 'help.paste'],
  ['?', 'help.help'],
  ['Esc', 'help.escape'],
];
const lists: readonly (readonly [string, MessageKey])[] = [
  ['↑ ↓', 'help.rows'],
  ['Enter', 'help.open'],
  ['Home End', 'help.ends'],
];
const intel: readonly (readonly [string, MessageKey])[] = [
  ['Enter', 'help.judge'],
  ['Space', 'help.keepHit'],
  ['A', 'help.keepSure'],
];
const graph: readonly (readonly [string, MessageKey])[] = [
  ['← →', 'help.neighbours'],
  ['Space', 'help.into'],
  ['Backspace', 'help.back'],
  ['F', 'help.focus'],
  ['E', 'help.expand'],
];

/** All keys at a glance. */
export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const t = useText();
  const letters = views.flatMap((view): (readonly [string, MessageKey])[] => (view.letter ? [[`g ${view.letter}`, view.title]] : []));
  return (
    <Dialog title={t('help.title')} onClose={onClose}>
      <div className="keys">
        <Keys named="help.everywhere" keys={everywhere} />
        <Keys named="help.go" keys={letters} />
        <Keys named="help.lists" keys={lists} />
        <Keys named="help.matches" keys={intel} />
        <Keys named="graph.title" keys={graph} />
      </div>
    </Dialog>
  );
}

function Keys({ named, keys }: { named: MessageKey; keys: readonly (readonly [string, MessageKey])[] }) {
  const t = useText();
  return (
    <section>
      <h3>{t(named)}</h3>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
