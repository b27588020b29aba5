import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Text from a mail, a report or a chat becomes recognised indicators, ids and names.',
  sections: [
    {
      heading: 'What is read',
      text: [
        'Addresses, domains, hashes, CVE and ATT&CK ids, and names that the workspace knows; also where they are defanged, such as hxxp or [.]. Nothing is kept until you say so, and what you keep remembers its source.',
      ],
      links: [{ label: 'Paste', href: '#/paste' }],
    },
  ],
};
