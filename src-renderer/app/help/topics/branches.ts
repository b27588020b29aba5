import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'A branch holds changes apart from the main graph until someone has looked at them.',
  sections: [
    {
      heading: 'Working on one',
      text: ['Choose a branch in the bar; what you edit then stays on it, and a strip above the view says so.'],
    },
    {
      heading: 'Merging',
      text: [
        'The review shows each change with before and after; accept or reject each. Where main has changed meanwhile you choose which value stands; the other is kept in the history.',
      ],
      links: [{ label: 'Branches', href: '#/branches' }],
    },
  ],
};
