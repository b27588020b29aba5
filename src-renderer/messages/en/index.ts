import { adminTexts } from './admin.ts';
import { appTexts } from './app.ts';
import { branchesTexts } from './branches.ts';
import { coverageTexts } from './coverage.ts';
import { importsTexts } from './import.ts';
import { intelTexts } from './intel.ts';
import { investigationTexts } from './investigation.ts';
import { knowledgeTexts } from './knowledge.ts';

/** Every text of the face in English, a file a word. ICU MessageFormat; a second language is a folder with the same keys. */
export const en = {
  ...adminTexts,
  ...appTexts,
  ...branchesTexts,
  ...coverageTexts,
  ...importsTexts,
  ...intelTexts,
  ...investigationTexts,
  ...knowledgeTexts,
} as const;
