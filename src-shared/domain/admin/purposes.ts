/** What a request may be for. A host is allowed for one of these at a time; none is allowed until a person says so. */
export const purposes = ['feeds', 'models', 'siem', 'sync'] as const;
export type Purpose = (typeof purposes)[number];
