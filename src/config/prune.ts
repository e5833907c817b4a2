/**
 * Takes wrong values out of the configuration's data, so that the rest can be checked too, and
 * remembers which entry of a list was which.
 */
import type { ConfigPath } from './issues.ts';

export interface Pruned {
  readonly data: unknown;
  /** A path in the pruned data, in terms of the data as it was given. */
  toOriginal(path: ConfigPath): ConfigPath;
  /** Takes values out; where one is missing, what should hold it. False when nothing is left to take. */
  remove(paths: readonly ConfigPath[], standIn: Readonly<Record<string, unknown>>): boolean;
}

export function valueAt(data: unknown, path: ConfigPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
  }
  return value;
}

export function prune(given: unknown): Pruned {
  /** For each list its entries' positions in the list as given. */
  const origins = new WeakMap<object, number[]>();
  const data = copy(given, origins);
  const toOriginal = (path: ConfigPath): ConfigPath => {
    let value: unknown = data;
    return path.map((step) => {
      const origin = Array.isArray(value) && typeof step === 'number' ? origins.get(value)?.[step] : undefined;
      value = valueAt(value, [step]);
      return origin ?? step;
    });
  };
  const remove = (paths: readonly ConfigPath[], standIn: Readonly<Record<string, unknown>>): boolean => {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
    const holders = paths.map((path) => (valueAt(data, path) === undefined && path.length > 1 ? path.slice(0, -1) : path));
    for (const path of holders.sort(lastFirst)) {
      const [key] = path;
      if (path.length === 0 || key === undefined) return false;
      if (path.length === 1 && valueAt(data, path) === undefined && !(key in standIn)) return false;
      takeOut(data, path, origins);
      if (path.length === 1 && key in standIn) Object.assign(data, { [key]: standIn[key] });
    }
    return true;
  };
  return { data, toOriginal, remove };
}

function copy(value: unknown, origins: WeakMap<object, number[]>): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => copy(item, origins));
    origins.set(
      items,
      items.map((_, index) => index),
    );
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, origins)]));
}

function takeOut(data: object, path: ConfigPath, origins: WeakMap<object, number[]>): void {
  const holder = valueAt(data, path.slice(0, -1));
  const step = path.at(-1);
  if (typeof holder !== 'object' || holder === null || step === undefined) return;
  if (Array.isArray(holder) && typeof step === 'number') {
    holder.splice(step, 1);
    origins.get(holder)?.splice(step, 1);
  } else {
    delete (holder as Record<string | number, unknown>)[step];
  }
}

/** Later entries of a list first, so that positions still hold; what is deeper first. */
function lastFirst(a: ConfigPath, b: ConfigPath): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    if (x === y) continue;
    return typeof x === 'number' && typeof y === 'number' ? y - x : String(x) < String(y) ? 1 : -1;
  }
  return b.length - a.length;
}
