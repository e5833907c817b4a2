/**
 * Parts of a page that follow the feed. The server's stream tells that something is new; a part marked
 * with `data-follow` is then fetched again from its `data-url`, no sooner than the server's pace allows, and
 * only what changed in it is put in the place of what was there: keyed elements of its lists
 * (`data-list`, `data-key`) one by one, and named pieces (`data-piece`) whole. Focus, ticks and the
 * position on the page stay.
 *
 * Before elements arrive, `relais:arriving` is dispatched; whoever prevents it keeps them out, and asks
 * for them later with `relais:renew`. A page in the background holds no stream and asks for nothing.
 */
(() => {
  const parts = () => [...document.querySelectorAll('[data-follow]')];
  if (parts().length === 0 || !window.EventSource) return;

  // ── What the server gave, to compare with what it gives next ──

  const given = new WeakMap();
  // Times go on by themselves.
  const comparable = (element) => element.outerHTML.replace(/(<time[^>]*>)[^<]*/g, '$1');
  function remember(within) {
    for (const element of within.querySelectorAll('[data-key], [data-piece]')) given.set(element, comparable(element));
  }
  remember(document);
  document.addEventListener('htmx:afterSwap', (event) => remember(event.target.parentElement ?? document));

  // ── Putting the new in the place of the old ──

  function replace(old, fresh) {
    given.set(fresh, comparable(fresh));
    if (given.get(old) === given.get(fresh)) return;
    for (const box of old.querySelectorAll('input[type=checkbox]:checked')) {
      const twin = fresh.querySelector(`input[value="${CSS.escape(box.value)}"]`);
      if (twin !== null) twin.checked = true;
    }
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(fresh);
    if (active === null) return;
    const twin =
      active === old
        ? fresh
        : fresh.querySelector(`${active.localName}${[...active.classList].map((name) => `.${CSS.escape(name)}`).join('')}`);
    twin?.focus({ preventScroll: true });
  }

  /** After `position`, or in front of all. */
  function place(list, child, position) {
    if (position === null && list.firstElementChild !== child) list.prepend(child);
    else if (position !== null && position.nextElementSibling !== child) position.after(child);
  }

  /** Only those that are there already. */
  function renewKnown(old, fresh) {
    const before = new Map([...old.children].map((child) => [child.dataset.key, child]));
    for (const child of [...fresh.children]) {
      const known = before.get(child.dataset.key);
      if (known !== undefined) replace(known, child);
    }
  }

  function renewList(old, fresh) {
    const before = new Map([...old.children].map((child) => [child.dataset.key, child]));
    const after = [...fresh.children];
    const kept = new Set(after.map((child) => child.dataset.key));
    for (const [key, child] of before) if (!kept.has(key)) child.remove();
    let position = null;
    for (const child of after) {
      const known = before.get(child.dataset.key);
      if (known === undefined) {
        given.set(child, comparable(child));
        child.classList.add('arrived');
      } else {
        replace(known, child);
      }
      const shown = known?.isConnected ? known : child;
      place(old, shown, position);
      position = shown;
    }
  }

  function arrivals(old, fresh) {
    const known = new Set([...old.children].map((child) => child.dataset.key));
    return [...fresh.children].filter((child) => !known.has(child.dataset.key)).length;
  }

  function renew(part, html, force) {
    const template = document.createElement('template');
    template.innerHTML = html;
    const fresh = template.content.firstElementChild;
    if (fresh === null || fresh.id !== part.id) return;
    const lists = [...part.querySelectorAll('[data-list]')];
    const freshLists = [...fresh.querySelectorAll('[data-list]')];
    if (lists.length !== freshLists.length) {
      part.replaceWith(fresh);
      remember(fresh.parentElement);
      window.htmx?.process(fresh);
      tell(fresh);
      return;
    }
    const arrived = lists.reduce((sum, list, i) => sum + arrivals(list, freshLists[i]), 0);
    const insert =
      force || arrived === 0 || document.dispatchEvent(new CustomEvent('relais:arriving', { cancelable: true, detail: { arrived } }));
    for (const [i, list] of lists.entries()) (insert ? renewList : renewKnown)(list, freshLists[i]);
    if (insert) {
      for (const piece of fresh.querySelectorAll('[data-piece]')) {
        const old = part.querySelector(`[data-piece="${CSS.escape(piece.dataset.piece)}"]`);
        if (old !== null) replace(old, piece);
      }
    }
    tell(part);
  }

  function tell(part) {
    part.dispatchEvent(new CustomEvent('relais:renewed', { bubbles: true }));
  }

  // ── When ──

  let pace = 1_000;
  let last = 0;
  let timer = 0;
  let over = false;
  const wanted = new Map();

  function want(part, { force = false, soon = false } = {}) {
    wanted.set(part, force || wanted.get(part) === true);
    if (soon) {
      clearTimeout(timer);
      timer = setTimeout(fetchWanted, 0);
    } else if (timer === 0) {
      // Not all pages at once.
      timer = setTimeout(fetchWanted, Math.max(Math.random() * pace * 0.3, last + pace - Date.now()));
    }
  }

  async function fetchWanted() {
    last = Date.now();
    const now = [...wanted];
    wanted.clear();
    for (const [part, force] of now) {
      if (!part.isConnected) continue;
      try {
        const { url } = part.dataset;
        const answer = await fetch(url, { headers: { 'hx-request': 'true' }, redirect: 'error' });
        if (answer.status === 401) return end();
        pace = Math.max(1_000, Number(answer.headers.get('relais-pace')) || pace);
        // Something else was asked for meanwhile.
        if (!answer.ok || !part.isConnected || part.dataset.url !== url) continue;
        const html = await answer.text();
        renew(part, html, force);
        // Rendered for somebody else, before the last that happened.
        const shown = document.getElementById(part.id);
        if (answer.headers.has('relais-stale') && shown !== null) wanted.set(shown, wanted.get(shown) === true);
      } catch {
        // The relay is being started again, or out of reach: the stream tells when it is back.
      }
    }
    timer = 0;
    const [next] = wanted.keys();
    if (next !== undefined) want(next);
  }

  // ── The stream ──

  let stream = null;

  function concerns(part, { accepted, changed }) {
    if (part.dataset.follow === 'all' || changed === null) return true;
    if (accepted > 0 && part.querySelector('[data-list=older]') === null) return true;
    return changed.some((key) => part.querySelector(`[data-key="${CSS.escape(key)}"]`) !== null);
  }

  function listen() {
    if (stream !== null || over) return;
    // What happened since the page was made is told at once, and again whenever the line was cut.
    stream = new EventSource(`/live?after=${document.documentElement.dataset.seq}`);
    stream.onmessage = (event) => {
      const tick = JSON.parse(event.data);
      for (const part of parts()) if (concerns(part, tick)) want(part);
    };
    stream.onerror = () => {
      if (stream?.readyState === EventSource.CLOSED) {
        stream = null;
        setTimeout(() => document.visibilityState === 'visible' && listen(), 10_000);
      }
    };
  }

  function pauseListening() {
    stream?.close();
    stream = null;
  }

  function end() {
    over = true;
    pauseListening();
  }

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') return pauseListening();
    if (stream !== null) return;
    listen();
  });
  document.addEventListener('relais:renew', () => {
    for (const part of parts()) want(part, { force: true, soon: true });
  });
  if (document.visibilityState === 'visible') listen();
})();
