/** Texts of briefs. */
export const investigationTexts = {
  'brief.title': 'Brief',
  'brief.about': 'One HTML file: what was imported, what the threats use, what touches your assets, the ledger.',
  'brief.usualTitle': 'Threat brief',
  'brief.field.title': 'Title',
  'brief.field.summary': 'Summary',
  'brief.field.summary.hint': 'Opens the brief, in your words.',
  'brief.write': 'Write the brief',
  'brief.writing': 'Writing…',
  'brief.again': 'Write anew',
  'brief.save': 'Save as HTML',
  'brief.written': '{file}, {size}',
  'brief.none': 'No brief written yet',
  'brief.none.hint': 'It is computed from this workspace alone and shown here before you save it.',
  'brief.preview': 'Preview of the brief',
} as const;
