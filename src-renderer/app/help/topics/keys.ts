import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Everything works without a mouse.',
  sections: [
    {
      heading: 'The map',
      text: ['Press ? anywhere outside a field for all keys, searchable. g and a letter go to a view; Ctrl K searches and runs commands.'],
    },
  ],
};
