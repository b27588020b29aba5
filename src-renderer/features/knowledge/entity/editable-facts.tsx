import { Pencil, Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { suggestedProperties } from '#shared/domain/knowledge/stix21/suggestions.ts';
import type { Entity } from '#shared/contract/knowledge.ts';
import { Button, IconButton, Select, TextField, useText, onFormKey } from '#renderer/ui/index.ts';
import { useChange, useEdit } from '../use-edit.ts';
import { Words } from '../words.tsx';
import { FactValueView, propertyLabel } from './fact-table.tsx';
import { readFacts, readValue } from './facts.ts';
import { draftOf, isPropertyName, kindOfProperty, kindsOfValue, parseDraft, type Parsed, type ValueKind } from './property-kinds.ts';
import { ValueEditor } from './value-editor.tsx';

/** Said of the object elsewhere on the page as well, but edited here. */
const alsoHere = ['aliases', 'confidence', 'lang', 'revoked'];

/** The properties of an entity, each edited in its place by its kind; more can be added. */
export function EditableFacts({ entity }: { entity: Entity }) {
  const t = useText();
  const { run } = useEdit();
  const [editing, setEditing] = useState<string | undefined>();
  const [adding, setAdding] = useState(false);
  const object = entity.object as JsonObject;
  const facts = readFacts(object);
  const shown = new Set(facts.map(({ property }) => property));
  for (const property of alsoHere) {
    const value = Object.hasOwn(object, property) ? object[property] : undefined;
    if (value !== undefined && !shown.has(property)) facts.push({ property, value: readValue(value) });
  }
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">{t('entity.facts')}</h2>
      {facts.length > 0 ? (
        <dl className="facts facts-editable">
          {facts.map(({ property, value }) => {
            const label = propertyLabel(t, property);
            return [
              <dt key={`${property} name`}>{label}</dt>,
              <dd key={property}>
                {editing === property ? (
                  <PropertyForm entity={entity} property={property} onClose={() => setEditing(undefined)} />
                ) : (
                  <div className="editable">
                    <div className="grow">
                      <FactValueView value={value} />
                    </div>
                    <span className="fact-acts">
                      <IconButton small icon={Pencil} label={t('entity.edit', { what: label })} onClick={() => setEditing(property)} />
                      <IconButton
                        small
                        icon={Trash2}
                        label={t('property.remove', { property: label })}
                        onClick={() => void run((client) => client.knowledge.setProperty({ id: entity.id, property, value: null }))}
                      />
                    </span>
                  </div>
                )}
              </dd>,
            ];
          })}
        </dl>
      ) : null}
      {adding ? (
        <NewProperty entity={entity} onClose={() => setAdding(false)} />
      ) : (
        <div>
          <Button small kind="quiet" icon={Plus} onClick={() => setAdding(true)}>
            {t('property.add')}
          </Button>
        </div>
      )}
    </section>
  );
}

function useProblem() {
  const t = useText();
  return (parsed: Parsed | undefined): string | undefined => {
    if (!parsed || !('problem' in parsed)) return undefined;
    return parsed.problem === 'json' ? t('property.problem.json', { why: parsed.why }) : t(`property.problem.${parsed.problem}`);
  };
}

function PropertyForm({ entity, property, onClose }: { entity: Entity; property: string; onClose: () => void }) {
  const t = useText();
  const standing = (entity.object as JsonObject)[property];
  const [{ kind, vocabulary }] = useState(() => kindOfProperty(entity.type, property, standing));
  const [draft, setDraft] = useState(() => draftOf(standing, kind));
  const [tried, setTried] = useState<Parsed | undefined>();
  const { run, busy, error } = useChange();
  const problem = useProblem()(tried);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    const parsed = parseDraft(draft, kind);
    setTried(parsed);
    if ('problem' in parsed) return;
    if (JSON.stringify(parsed.value) === JSON.stringify(standing)) return onClose();
    if (await run((client) => client.knowledge.setProperty({ id: entity.id, property, value: parsed.value }))) onClose();
  };
  return (
    <form className="stack editing" onSubmit={save} onKeyDown={onFormKey({ send: save, leave: onClose })}>
      <ValueEditor
        label={propertyLabel(t, property)}
        kind={kind}
        vocabulary={vocabulary}
        draft={draft}
        onChange={setDraft}
        error={problem ?? error?.message}
        autoFocus
      />
      <div className="row">
        <Button kind="primary" type="submit" disabled={busy}>
          {t('ui.save')}
        </Button>
        <Button onClick={onClose}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}

function NewProperty({ entity, onClose }: { entity: Entity; onClose: () => void }) {
  const t = useText();
  const id = useId();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ValueKind | undefined>();
  const [draft, setDraft] = useState(() => draftOf(undefined as Json | undefined, 'text'));
  const [tried, setTried] = useState<Parsed | undefined>();
  const [nameProblem, setNameProblem] = useState<string | undefined>();
  const { run, busy, error } = useChange();
  const problem = useProblem()(tried);
  const { kind: usual, vocabulary } = kindOfProperty(entity.type, name, undefined);
  const kind = chosen ?? usual;
  const offered = vocabulary?.closed ? kindsOfValue : kindsOfValue.filter((one) => one !== 'choice');
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    const taken = Object.hasOwn(entity.object, name);
    setNameProblem(!isPropertyName(name) ? t('property.name.bad') : taken ? t('property.name.taken') : undefined);
    const parsed = parseDraft(kind === 'truth' && draft.text === '' ? draftOf(undefined, 'truth') : draft, kind);
    setTried(parsed);
    if (!isPropertyName(name) || taken || 'problem' in parsed) return;
    if (await run((client) => client.knowledge.setProperty({ id: entity.id, property: name, value: parsed.value }))) onClose();
  };
  return (
    <form className="stack editing panel new-property" onSubmit={save} onKeyDown={onFormKey({ send: save, leave: onClose })}>
      <div className="row new-property-name">
        <TextField
          label={t('property.name')}
          hint={t('property.name.hint')}
          error={nameProblem}
          list={`${id}-names`}
          spellCheck={false}
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value.trim())}
        />
        <Select
          label={t('property.kind')}
          value={kind}
          options={offered.map((one) => ({ value: one, label: t(`property.kind.${one}`) }))}
          onChange={setChosen}
        />
      </div>
      <Words id={`${id}-names`} words={suggestedProperties(entity.type).filter((property) => !Object.hasOwn(entity.object, property))} />
      <ValueEditor
        label={t('property.value')}
        kind={kind}
        vocabulary={vocabulary}
        draft={kind === 'truth' && draft.text === '' ? draftOf(undefined, 'truth') : draft}
        onChange={setDraft}
        error={problem ?? error?.message}
      />
      <div className="row">
        <Button kind="primary" type="submit" disabled={busy}>
          {t('ui.add')}
        </Button>
        <Button onClick={onClose}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}
