export { type Checked, checkObject, isStixType } from './check.ts';
export type { RuleError, RuleWarning } from './findings.ts';
export { isTypeName, typeOfIdentifier } from './identifiers.ts';
export { type Change, isOf20, type Lifted, liftFrom20 } from './lift.ts';
export { observableId, seededId } from './observable-id.ts';
export { checkPattern, type PatternFault } from './pattern.ts';
export { compareTimes, timestampPrecision } from './timestamps.ts';
