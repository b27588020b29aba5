import { PackageURL } from 'packageurl-js';

/** Package names are short; a longer text is something else. */
const longest = 2000;

/** The one form of a package URL (types and qualifiers in order, case and escapes as the type asks); undefined where it is none. */
export function canonicalPurl(text: string): string | undefined {
  const plain = text.trim();
  if (plain.length > longest || !/^pkg:/i.test(plain)) return undefined;
  try {
    const written = PackageURL.fromString(plain).toString();
    // Escapes can lengthen it past the bound or past what the library reads again (a type with a plus): then it has no one form.
    return written.length <= longest && PackageURL.fromString(written).toString() === written ? written : undefined;
  } catch {
    return undefined;
  }
}
