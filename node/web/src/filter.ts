/** What a list is narrowed by: the parameters of GET /reports, as the address of the page holds them. */
export const filterKeys = ['search', 'lane', 'state', 'office', 'kind', 'class', 'grade', 'from', 'until', 'by', 'due', 'attachments', 'exercise', 'conflict', 'sort', 'order'] as const;
export type FilterKey = (typeof filterKeys)[number];
export type Filter = Record<FilterKey, string>;

export const emptyFilter = (): Filter => Object.fromEntries(filterKeys.map((k) => [k, ''])) as Filter;

/** Only what narrows something; a time is named only when a day is. */
export function named(filter: Filter): Partial<Filter> {
  const out: Partial<Filter> = {};
  for (const k of filterKeys) if (filter[k] !== '' && (k !== 'by' || filter.from !== '' || filter.until !== '') && (k !== 'order' || filter.sort !== '')) out[k] = filter[k].trim();
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
export const hasFurther = (f: Filter): boolean => (['kind', 'class', 'grade', 'from', 'until', 'due', 'attachments', 'exercise', 'conflict', 'sort'] as FilterKey[]).some((k) => f[k] !== '');

export const sortColumns = ['lane', 'office', 'number', 'time', 'state'] as const;
export type SortColumn = (typeof sortColumns)[number];
/** Which way a column goes when it is first pressed: the newest, the most urgent, the first office before the others. */
const firstWay = (c: SortColumn): 'asc' | 'desc' => (c === 'time' || c === 'number' ? 'desc' : 'asc');
/** Pressed once it is in order, twice the other way round, three times as before. */
export function pressed(f: Pick<Filter, 'sort' | 'order'>, c: SortColumn): Pick<Filter, 'sort' | 'order'> {
  if (f.sort !== c) return { sort: c, order: firstWay(c) };
  const other = firstWay(c) === 'asc' ? 'desc' : 'asc';
  return f.order === firstWay(c) ? { sort: c, order: other } : { sort: '', order: '' };
}
/** What a column head says to those who hear it. */
export const ariaSort = (f: Pick<Filter, 'sort' | 'order'>, c: SortColumn): 'ascending' | 'descending' | 'none' => (f.sort !== c ? 'none' : f.order === 'asc' ? 'ascending' : 'descending');

/** The view that a digit key opens: the first nine. */
export function viewAt<T>(views: T[], key: string): T | null {
  return /^[1-9]$/.test(key) ? (views[Number(key) - 1] ?? null) : null;
}
