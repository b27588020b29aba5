import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Imported threats against what you run, with the reason for every match.',
  sections: [
    {
      heading: 'Why it matched',
      text: [
        'Each match says by which name, version, CPE or package URL it was found, and which list counts it as exploited. The number of matches is bounded; what was left out is said.',
      ],
    },
    {
      heading: 'False positives',
      text: ['Judge a match once, with a reason; it is remembered, stands in the history and can be taken back.'],
      links: [{ label: 'Matches', href: '#/matches' }],
    },
  ],
};
