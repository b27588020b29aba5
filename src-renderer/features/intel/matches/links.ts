/** The list of matches, with filters as a query. */
export function matchesHref(place: { id?: string; decision?: string; kev?: boolean; kind?: string; exposure?: string } = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(place)) if (value) query.set(name, value === true ? '1' : value);
  const text = query.toString();
  return text ? `#/matches?${text}` : '#/matches';
}
