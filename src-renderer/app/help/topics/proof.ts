import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Proof that nothing left, and that nothing in the record was changed.',
  sections: [
    {
      heading: 'The ledger',
      text: ['Every request that left this machine, and every one that was refused. With no host allowed, nothing leaves.'],
      links: [
        { label: 'Ledger', href: '#/ledger' },
        { label: 'Network policy', href: '#/settings' },
      ],
    },
    {
      heading: 'The audit chain',
      text: [
        'Every change is linked to the one before it by SHA-256. Note the head now and then in another place: whoever rewrites history must change it.',
      ],
      links: [{ label: 'Audit', href: '#/audit' }],
    },
    {
      heading: 'Outside this program',
      text: [
        'Save the audit file; it explains how to recompute it. “redoubt audit verify FILE” checks it without the workspace and without its passphrase.',
      ],
    },
  ],
};
