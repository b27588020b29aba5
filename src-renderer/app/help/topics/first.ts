import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'From an empty workspace to a first answer, without a network.',
  sections: [
    {
      heading: 'Fill it',
      text: [
        'On an empty workspace the overview offers the built-in ATT&CK packs and a demo hospital. Packs hold facts: names, ids and relations. Install them first; your own data is matched against them.',
      ],
      links: [{ label: 'Packs', href: '#/packs' }],
    },
    {
      heading: 'Bring what is yours',
      text: [
        'Drop files, folders or archives anywhere in the window. You see what each would become, and what would be lost, before anything is written.',
      ],
      links: [
        { label: 'Open what you have', href: '#/open' },
        { label: 'Import', href: '#/import' },
      ],
    },
    {
      heading: 'Ask',
      text: [
        'Press / and type a name, an alias or an id such as T1059.001. Enter opens the chosen answer; its page shows facts, relationships, history and surroundings.',
      ],
      links: [{ label: 'Search', href: '#/search' }],
    },
  ],
};
