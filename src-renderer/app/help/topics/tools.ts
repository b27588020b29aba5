import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Each tool has a card: what comes over, what stays behind, and how to get the file out of it.',
  sections: [
    {
      heading: 'Several sources, one thing',
      text: [
        'A host that stands in an inventory and in two scans becomes one asset; a CVE becomes one vulnerability, whoever names it. Sources keep their own statements side by side.',
      ],
      links: [{ label: 'Open what you have', href: '#/open' }],
    },
  ],
};
