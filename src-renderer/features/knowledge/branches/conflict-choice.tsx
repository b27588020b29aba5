import { useId, useState } from 'react';
import type { BranchChange } from '#shared/contract/knowledge.ts';
import { Button, TextField, useText } from '#renderer/ui/index.ts';
import { whatOf } from './change-words.ts';

type Take = 'main' | 'branch' | 'value';
type Json = NonNullable<BranchChange['main']>;

/** Which of both values is to stand, or a third one; nothing is chosen beforehand. */
export function ConflictChoice(props: {
  change: BranchChange;
  busy: boolean;
  onDecide: (choice: { decision: 'accepted'; take: Take; value?: Json }) => void;
}) {
  const t = useText();
  const id = useId();
  const [take, setTake] = useState<Take | undefined>();
  const [value, setValue] = useState(() =>
    typeof props.change.branch === 'string' ? props.change.branch : JSON.stringify(props.change.branch ?? ''),
  );
  const takes: readonly Take[] = props.change.kind === 'property' ? ['main', 'branch', 'value'] : ['main', 'branch'];
  const decide = () => {
    if (take === 'value') props.onDecide({ decision: 'accepted', take, value: parsed(value, props.change.branch) });
    else if (take) props.onDecide({ decision: 'accepted', take });
  };
  return (
    <fieldset className="conflict">
      <legend>{t('changes.conflict')}</legend>
      {takes.map((one) => (
        <label key={one} className="check">
          <input type="radio" name={id} checked={take === one} onChange={() => setTake(one)} />
          <span>{t(`changes.take.${one}`)}</span>
        </label>
      ))}
      {take === 'value' ? <TextField label={t('changes.value')} value={value} onChange={(event) => setValue(event.target.value)} /> : null}
      <Button
        small
        kind="primary"
        disabled={props.busy || take === undefined}
        aria-label={t('changes.decideOne', { what: whatOf(t, props.change), name: props.change.title })}
        onClick={decide}
      >
        {t('changes.decide')}
      </Button>
    </fieldset>
  );
}

/** A text where the branch has a text; else JSON, if it is any. */
function parsed(text: string, like: unknown): Json {
  if (typeof like === 'string') return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
