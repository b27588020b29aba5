export interface HelpLink {
  readonly label: string;
  readonly href: string;
}

export interface HelpSection {
  readonly heading: string;
  readonly text: readonly string[];
  readonly links?: readonly HelpLink[];
}

/** A topic is data: a lead sentence and sections of plain paragraphs, in one language. */
export interface Topic {
  readonly lead: string;
  readonly sections: readonly HelpSection[];
}
