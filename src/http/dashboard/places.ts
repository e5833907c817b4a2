/**
 * Where one can go: the places of the navigation, in order. A page hangs itself in with a line here,
 * its word in languages/frame.ts, and its icon of the same name in icons.tsx.
 */
import type { Permission } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import type { FrameWords } from './languages/frame.ts';

export type PlaceName = keyof FrameWords['places'];
type Group = 'first' | keyof FrameWords['groups'];

export interface Place {
  readonly name: PlaceName;
  readonly path: string;
  readonly group: Group;
  /** Shown to those who hold one of these; absent: to everyone. */
  readonly needs?: readonly Permission[];
  /** Spans accounts: not for those who are restricted to some. */
  readonly spans?: true;
  /** Its position in the bar of a phone. */
  readonly tab?: number;
}

const PLACES: readonly Place[] = [
  { name: 'overview', path: '/', group: 'first', needs: ['messages:read'], tab: 1 },
  { name: 'messages', path: '/messages', group: 'first', needs: ['messages:read'], tab: 2 },
  { name: 'documents', path: '/documents', group: 'first', needs: ['messages:read'], tab: 3 },
  { name: 'contacts', path: '/contacts', group: 'first', needs: ['messages:read'], tab: 4 },
  { name: 'queue', path: '/queue', group: 'delivery', needs: ['queue:manage'], spans: true, tab: 5 },
  { name: 'runs', path: '/runs', group: 'delivery', needs: ['messages:read'] },
  { name: 'reports', path: '/reports', group: 'delivery', needs: ['messages:read'], tab: 6 },
  { name: 'signals', path: '/signals', group: 'delivery', needs: ['messages:read'], spans: true },
  { name: 'suppressions', path: '/suppressions', group: 'delivery', needs: ['suppressions:manage'], spans: true },
  { name: 'statistics', path: '/statistics', group: 'insight', needs: ['messages:read'] },
  { name: 'references', path: '/references', group: 'relay', needs: ['messages:read'] },
  { name: 'settings', path: '/settings', group: 'relay' },
  { name: 'api', path: '/docs', group: 'relay' },
];

/** Tabs beside the one that opens all the rest. */
const TABS = 4;

function mayGo(caller: Caller | null, { needs, spans }: Place): boolean {
  if (needs === undefined) return true;
  if (caller === null || (spans === true && caller.accounts !== null)) return false;
  return needs.some((permission) => caller.permissions.has(permission));
}

export function placeGroups(caller: Caller | null): readonly { readonly group: Group; readonly places: readonly Place[] }[] {
  const groups = new Map<Group, Place[]>();
  for (const place of PLACES) {
    if (mayGo(caller, place)) groups.set(place.group, [...(groups.get(place.group) ?? []), place]);
  }
  return [...groups].map(([group, places]) => ({ group, places }));
}

export function tabPlaces(caller: Caller | null): readonly Place[] {
  return PLACES.filter((place) => place.tab !== undefined && mayGo(caller, place))
    .sort((a, b) => (a.tab ?? 0) - (b.tab ?? 0))
    .slice(0, TABS);
}
