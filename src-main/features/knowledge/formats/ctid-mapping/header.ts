/** Whether a table's first line is that of the Center's CVE to ATT&CK mapping. */
export function looksLikeAttackToCveHeader(line: string): boolean {
  const columns = new Set(line.split(/[,;\t]/, 100).map((cell) => cell.trim().replace(/^\ufeff?"?|"$/g, '')));
  return columns.has('CVE ID') && columns.has('Exploitation Technique') && (columns.has('Primary Impact') || columns.has('Uncategorized'));
}
