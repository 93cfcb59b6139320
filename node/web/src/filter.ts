/** What a list is narrowed by: the parameters of GET /reports, as the address of the page holds them. */
export const filterKeys = ['search', 'lane', 'state', 'office', 'kind', 'class', 'grade', 'from', 'until', 'by', 'due', 'attachments', 'exercise', 'conflict'] as const;
export type FilterKey = (typeof filterKeys)[number];
export type Filter = Record<FilterKey, string>;

export const emptyFilter = (): Filter => Object.fromEntries(filterKeys.map((k) => [k, ''])) as Filter;

/** Only what narrows something; a time is named only when a day is. */
export function named(filter: Filter): Partial<Filter> {
  const out: Partial<Filter> = {};
  for (const k of filterKeys) if (filter[k] !== '' && (k !== 'by' || filter.from !== '' || filter.until !== '')) out[k] = filter[k].trim();
  return out;
}

/** From an address or a saved view; what the list does not know is left out. */
export function filterFrom(given: Record<string, unknown>): Filter {
  const out = emptyFilter();
  for (const k of filterKeys) {
    const v = given[k];
    if (typeof v === 'string') out[k] = v;
  }
  return out;
}

export const sameFilter = (a: Filter, b: Filter): boolean => JSON.stringify(named(a)) === JSON.stringify(named(b));

/** Whether something beyond the first row of the form is set, so that it must not be hidden. */
export const hasFurther = (f: Filter): boolean => (['kind', 'class', 'grade', 'from', 'until', 'due', 'attachments', 'exercise', 'conflict'] as FilterKey[]).some((k) => f[k] !== '');

/** The view that a digit key opens: the first nine. */
export function viewAt<T>(views: T[], key: string): T | null {
  return /^[1-9]$/.test(key) ? (views[Number(key) - 1] ?? null) : null;
}
