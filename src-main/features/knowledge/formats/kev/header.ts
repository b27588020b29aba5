/** Whether a table's first line is that of CISA's catalogue. */
export function looksLikeKevHeader(line: string): boolean {
  const columns = new Set(line.split(/[,;\t]/, 100).map((cell) => cell.trim().replace(/^\ufeff?"?|"$/g, '')));
  return columns.has('cveID') && (columns.has('vendorProject') || columns.has('vulnerabilityName')) && columns.has('dateAdded');
}
