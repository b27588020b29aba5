import type { Topic } from '../topic.ts';

export const topic: Topic = {
  lead: 'Short meanings, in alphabetical order.',
  sections: [
    {
      heading: 'Attack pattern, technique',
      text: ['A way of doing something in an attack. ATT&CK calls it a technique; sub-techniques are its kinds.'],
    },
    {
      heading: 'Campaign, intrusion set, group',
      text: ['A campaign is activity over a time; an intrusion set (ATT&CK: group) is who is believed to be behind several.'],
    },
    { heading: 'Course of action, mitigation', text: ['What makes a technique harder or useless.'] },
    {
      heading: 'Detection strategy, analytic, log source',
      text: ['How a technique would be seen, by which rule of thought, from which records.'],
    },
    {
      heading: 'Indicator, observable',
      text: ['An observable is a fact such as an address; an indicator is a pattern that says when to worry about it.'],
    },
    { heading: 'Marking, TLP', text: ['How far a piece of information may be passed on.'] },
    {
      heading: 'Relationship, embedded reference',
      text: ['A statement between two objects that stands as an object of its own, or as a property of one.'],
    },
    { heading: 'Sighting', text: ['That something was seen, where and when.'] },
    { heading: 'Tactic', text: ['The aim of a step in an attack; techniques are ways to reach it.'] },
    { heading: 'CPE, package URL', text: ['Two ways to name software exactly enough to compare it.'] },
  ],
};
