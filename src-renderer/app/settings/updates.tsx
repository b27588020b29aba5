import { useId, useState } from 'react';
import type { UpdateCheck } from '#shared/contract/admin.ts';
import { useAction } from '#renderer/client/index.ts';
import { Failed, Notice, useText } from '#renderer/ui/index.ts';

/** Characters: no update file is longer, and the engine takes no more. */
const longest = 256 * 1024;

/** An update file, from a stick if need be: its signature checked, and what it would bring. Nothing asks a server, nothing is installed. */
export function Updates() {
  const t = useText();
  const id = useId();
  const [found, setFound] = useState<UpdateCheck | undefined>();
  const check = useAction(async (client, file: File) => {
    setFound(undefined);
    setFound(await client.admin.checkUpdate({ text: file.size > longest ? '' : await file.text() }));
  });
  return (
    <section className="panel setting" aria-labelledby="set-updates">
      <h2 id="set-updates">{t('settings.updates')}</h2>
      <p className="quiet">{t('settings.updates.hint')}</p>
      <div className="field">
        <label htmlFor={id}>{t('settings.updates.file')}</label>
        <input
          id={id}
          className="input"
          type="file"
          accept=".json,application/json"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void check.run(file);
          }}
        />
      </div>
      <div aria-live="polite">
        {check.error ? <Failed error={check.error} /> : null}
        {found ? <Found found={found} /> : null}
      </div>
    </section>
  );
}

function Found({ found }: { found: UpdateCheck }) {
  const t = useText();
  const { version, current, key, released, notes, files } = found;
  return (
    <Notice title={t(found.newer ? 'settings.updates.newer' : 'settings.updates.same', { version, current })}>
      <p>{t('settings.updates.signed', { key, released: t.date(released) })}</p>
      {notes ? <p>{notes}</p> : null}
      {files.length === 0 ? <p>{t('settings.updates.none')}</p> : null}
      <ul className="plain">
        {files.map(({ name, sha512 }) => (
          <li key={name}>
            {name} <code className="break">{sha512}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
