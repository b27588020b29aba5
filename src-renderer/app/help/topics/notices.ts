import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'What Redoubt ships of others stands here with the notice that each pack carries; nothing is fetched for it.',
  sections: [
    {
      heading: 'The program',
      text: ['The packages that the program is built from, with version and licence, are listed in Settings.'],
      links: [{ label: 'Settings', href: '#/settings' }],
    },
  ],
};
