/** How far an asset can be reached, most exposed first. */
export const exposures = ['internet', 'partner', 'internal', 'isolated'] as const;
export type Exposure = (typeof exposures)[number];
