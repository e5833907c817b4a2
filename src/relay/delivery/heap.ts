/** A binary heap whose items know their place, so that one in the middle leaves or moves in O(log n). */

export interface HeapItem {
  /** What the heap is ordered by, least first. Changed by `set` alone while in the heap. */
  key: number;
  /** Place in the heap; -1: not in it. */
  place: number;
}

export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Puts the item in, or moves it, with this key. */
  set(item: T, key: number): void {
    item.key = key;
    if (item.place < 0) {
      item.place = this.#items.length;
      this.#items.push(item);
    }
    this.#sink(this.#rise(item.place));
  }

  remove(item: T): void {
    const { place } = item;
    if (place < 0) return;
    item.place = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#items[place] = last;
    last.place = place;
    this.#sink(this.#rise(place));
  }

  #rise(from: number): number {
    const items = this.#items;
    const item = items[from];
    if (item === undefined) return from;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || parent.key <= item.key) break;
      items[place] = parent;
      parent.place = place;
      place = above;
    }
    items[place] = item;
    item.place = place;
    return place;
  }

  #sink(from: number): void {
    const items = this.#items;
    const item = items[from];
    if (item === undefined) return;
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      let child = items[below];
      if (child === undefined) break;
      const right = items[below + 1];
      if (right !== undefined && right.key < child.key) {
        child = right;
        below++;
      }
      if (child.key >= item.key) break;
      items[place] = child;
      child.place = place;
      place = below;
    }
    items[place] = item;
    item.place = place;
  }
}
