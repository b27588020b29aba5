import { useEffect } from 'react';
import { useClient } from '#renderer/client/index.ts';
import { addOfferedFiles } from '#renderer/features/knowledge/index.ts';
import { go } from '#renderer/ui/index.ts';

/** Goes where the desktop was asked to go: by a link, a file's icon, its menu. In a browser nothing is ever asked. */
export function useDesktopAsked() {
  const client = useClient();
  useEffect(() => {
    const take = () => {
      client.admin.takeAsked().then(
        ({ view, files }) => {
          if (view !== undefined) go(`#/${view}`);
          addOfferedFiles(client, files);
        },
        // Locked meanwhile: what was asked waits for the next page that is open.
        () => {},
      );
    };
    take();
    return client.admin.onDesktopAsked(take);
  }, [client]);
}
