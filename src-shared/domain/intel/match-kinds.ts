/** What may fit what is owned: a vulnerability an asset or its software, a technique's or group's targets the organisation, an indicator an asset. */
export const matchKinds = ['vulnerability', 'target', 'indicator'] as const;
