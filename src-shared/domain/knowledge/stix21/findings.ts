export interface RuleError {
  /** `kill_chain_phases[0].phase_name` within the object. */
  readonly path: string;
  readonly reason: string;
}

export interface RuleWarning {
  readonly path: string;
  readonly what: string;
  /** Names the rule, so that a reader can count and fold many of a kind. */
  readonly rule: string;
}

/** Collects what is wrong with one object and knows where in it the check stands. */
export class Findings {
  // Lists are made when first needed: most objects have nothing to report.
  errors: RuleError[] | undefined;
  warnings: RuleWarning[] | undefined;
  /** The top-level property being checked; a plain field because it changes for each property of each object. */
  property = '';
  /** Steps further in: names of members, places in lists. */
  inner: (string | number)[] | undefined;

  error(reason: string): void {
    this.errors ??= [];
    this.errors.push({ path: this.path(), reason });
  }

  warn(rule: string, what: string): void {
    this.warnings ??= [];
    this.warnings.push({ path: this.path(), what, rule });
  }

  /** Steps into a member or an element; `leave` steps out again. */
  enter(key: string | number): void {
    this.inner ??= [];
    this.inner.push(key);
  }

  leave(): void {
    this.inner?.pop();
  }

  get depth(): number {
    return this.inner?.length ?? 0;
  }

  path(): string {
    let path = this.property;
    for (const key of this.inner ?? []) path += typeof key === 'number' ? `[${key}]` : `${path ? '.' : ''}${key}`;
    return path;
  }
}

/** A value as a message may quote it: short, on one line. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const line = text.slice(0, 60).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
  return `“${line}${text.length > 60 ? '…' : ''}”`;
}
