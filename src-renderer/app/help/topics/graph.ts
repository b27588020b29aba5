import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'An entity’s surroundings as a picture, with the same nodes in a table beside it.',
  sections: [
    {
      heading: 'Walking',
      text: [
        'Left and right go round the neighbours, Space walks on, Backspace back, E makes one the centre, F brings the camera. The picture says how many of all nodes it shows and by what they were chosen.',
      ],
    },
    {
      heading: 'Paths',
      text: [
        '“Paths to…” finds the shortest ways between two entities. By default a relationship may be walked both ways; tick “Only along the arrows” to follow direction.',
      ],
      links: [{ label: 'Paths', href: '#/paths' }],
    },
  ],
};
