import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'The key never leaves this machine, and nobody can reset it for you.',
  sections: [
    {
      heading: 'If the passphrase is forgotten',
      text: [
        'The recovery code opens the workspace. Keep it away from this machine. A renewed code makes the old one void, also in the copies kept here; workspace files made earlier keep theirs.',
      ],
    },
    {
      heading: 'Locking by itself',
      text: ['After the idle minutes you chose the workspace locks and the page forgets what it showed. Running work is waited for.'],
      links: [{ label: 'Settings', href: '#/settings' }],
    },
  ],
};
