import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Encrypted copies, each opened and checked after it was made.',
  sections: [
    { heading: 'Restoring', text: ['A preview says what would be lost. What stands is kept as a copy first, so restoring can be undone.'] },
    {
      heading: 'Moving to another machine',
      text: [
        '“Save as one file” writes the whole workspace, encrypted under a passphrase of its own and signed. Tell the receiver passphrase and fingerprint by another way.',
      ],
      links: [{ label: 'Backups', href: '#/backups' }],
    },
  ],
};
