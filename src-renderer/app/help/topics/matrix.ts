import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'All techniques by tactic, coloured by how many threats use them.',
  sections: [
    {
      heading: 'Whose threats',
      text: [
        '“Your threats” are those you imported; “all known” adds those of the packs. A technique that many of your threats use is where to look first.',
      ],
    },
    {
      heading: 'Moving in it',
      text: [
        'Arrows move, Space opens the sub-techniques, Enter opens the technique. Save the picture as a Navigator layer for other tools.',
      ],
      links: [{ label: 'ATT&CK matrix', href: '#/matrix' }],
    },
  ],
};
