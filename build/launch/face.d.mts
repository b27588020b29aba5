export function faceIsFresh(): boolean;
/** Builds the face where its sources changed; says whether it had to. */
export function buildFace(): Promise<boolean>;
