import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'What to do when something does not work.',
  sections: [
    {
      heading: 'A file is not recognised',
      text: ['The preview says why. Choose the format by hand there; if it still fails, the reason names the place in the file.'],
    },
    {
      heading: 'Work failed or was cancelled',
      text: ['The list of jobs has the sentence. Data is as it was before the work began.'],
      links: [{ label: 'Jobs', href: '#/jobs' }],
    },
    {
      heading: 'The workspace is damaged',
      text: ['The first screen names what is broken and offers the newest verified copy. Nothing is deleted.'],
    },
  ],
};
