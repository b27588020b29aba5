import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Nothing is written before you have seen the preview, and every import can be undone as a whole.',
  sections: [
    {
      heading: 'The preview',
      text: [
        'For each file: the format that was recognised and why, how many objects are new, updated or unchanged, what is rejected and what would be lost, with the reason and the place. You may choose another format or correct the columns of a table.',
      ],
    },
    {
      heading: 'While it runs',
      text: [
        'Cancelling takes back all that was written. If the program stops in between, the import is marked unfinished; import the same file again to finish it, or undo it.',
      ],
    },
    {
      heading: 'Where things came from',
      text: [
        'Every object remembers the import it came with. Its page names the source; the list of imports leads to what each one brought.',
      ],
      links: [
        { label: 'Import', href: '#/import' },
        { label: 'History', href: '#/history' },
      ],
    },
  ],
};
