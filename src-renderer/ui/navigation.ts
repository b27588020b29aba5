/** Goes to another view of the window; `replace` leaves no step for Back. An href is a hash such as `#/search?q=x`. */
export function go(href: string, replace = false) {
  if (replace) {
    history.replaceState(null, '', href);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = href.replace(/^#/, '');
  }
}

/** What the router hands to a view: the path after its own name, and the query. */
export interface ViewPlace {
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}
export interface ViewProps {
  readonly place: ViewPlace;
}
