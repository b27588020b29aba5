export { stix } from './read.ts';
export { stix21 } from './write.ts';
