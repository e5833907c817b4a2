/**
 * The register: rows are gone through and picked with keys, what is done to many is asked in a dialog,
 * new rows come in only while nobody is at work in the list, an export tells how far it is.
 */
(() => {
  const form = document.getElementById('selection');
  const dialog = document.getElementById('dialog');
  const find = document.getElementById('find');
  const results = () => document.getElementById('results');
  const rows = () => [...document.querySelectorAll('#results a.row')];
  const boxes = () => [...document.querySelectorAll('#results input.pick')];

  // ── Picking ──

  const count = form?.querySelector('[data-picked]');
  const words = form?.querySelector('[data-picked-words]');
  const all = form?.querySelector('input[name=all]');
  let lastPicked = null;

  function told() {
    if (!form) return;
    const picked = boxes().filter((box) => box.checked).length;
    const matching = all?.checked === true;
    count.textContent = matching ? '' : picked.toLocaleString(document.documentElement.lang);
    words.textContent = matching ? words.dataset.allWords : ` ${words.dataset.pickedWords}`;
    const page = document.querySelector('[data-pick-page]');
    if (page !== null) {
      page.hidden = false;
      page.checked = picked > 0 && picked === boxes().length;
      page.indeterminate = picked > 0 && picked < boxes().length;
    }
    document.body.classList.toggle('picking', picked > 0);
  }

  document.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    if (event.target.matches('[data-pick-page]')) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches('.pick, [data-pick-page], [name=all]')) told();
  });
  document.addEventListener('click', (event) => {
    const box = event.target instanceof Element && event.target.matches('input.pick') ? event.target : null;
    if (box === null) return;
    const list = boxes();
    const [from, to] = [list.indexOf(lastPicked), list.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) for (const between of list.slice(from, to)) between.checked = box.checked;
    lastPicked = box;
    told();
  });
  function clear() {
    for (const box of boxes()) box.checked = false;
    if (all) all.checked = false;
    told();
  }
  form?.addEventListener('reset', (event) => {
    event.preventDefault();
    clear();
  });

  // ── Keys ──

  function move(step) {
    const list = rows();
    const at = list.findIndex((row) => row.closest('tr').contains(document.activeElement));
    const next = list[at === -1 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
    next?.focus({ preventScroll: true });
    next?.closest('tr').scrollIntoView({ block: 'nearest' });
  }

  function inList() {
    return document.activeElement?.closest?.('#results tr') ?? null;
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => inList() !== null && move(1),
    ArrowUp: () => inList() !== null && move(-1),
    x: () => {
      const box = inList()?.querySelector('input.pick');
      if (!box) return false;
      box.click();
      return true;
    },
  };

  function pressedInSearch(event, field) {
    if (event.key === 'Escape') field.blur();
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    move(1);
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return;
    const { target, key } = event;
    if (!(target instanceof Element)) return;
    if (target.matches('#q')) pressedInSearch(event, target);
    else if (target.closest('input:not(.pick), textarea, select') !== null) return;
    else if (key === 'Escape') clear();
    else if (key in KEYS && KEYS[key]() !== false) event.preventDefault();
  });

  // ── The dialog ──

  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.target.id === 'dialog-body' && !dialog.open) dialog.showModal();
    if (event.target.id === 'dialog-body') dialog.querySelector('.step-actions .button')?.focus();
  });
  dialog?.addEventListener('click', (event) => {
    const close = event.target instanceof Element ? event.target.closest('[data-close]') : null;
    if (close === null && event.target !== dialog) return;
    event.preventDefault();
    dialog.close();
  });
  dialog?.addEventListener('close', () => {
    const done = dialog.querySelector('form') === null;
    document.getElementById('dialog-body').replaceChildren();
    if (!done) return;
    clear();
    document.dispatchEvent(new CustomEvent('relais:renew'));
  });

  // ── What goes with the filters: after a search the address is another ──

  function follow() {
    const { url } = results().dataset;
    const given = new URL(url, location.href).searchParams;
    given.delete('cursor');
    for (const link of document.querySelectorAll('a[data-format]')) {
      const parameters = new URLSearchParams(given);
      for (const [name, value] of new URLSearchParams(link.dataset.format)) parameters.set(name, value);
      link.href = `/api/v1/messages/export?${parameters}`;
    }
    for (const field of document.querySelectorAll('form[action="/messages/views"] [name=query]')) {
      field.value = String(given);
      field.closest('details').hidden = field.value === '';
    }
    const matching = document.querySelector('.selection-all');
    if (matching !== null) matching.hidden = [...given].length === 0;
    for (const field of document.querySelectorAll('form[action="/messages/columns"] [name=next]')) field.value = url;
    told();
  }
  document.addEventListener('htmx:afterSettle', (event) => event.target.id === 'results' && follow());
  document.addEventListener('relais:renewed', told);
  told();

  // A part that could not be had is asked for as a page, which says why.
  for (const failed of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) {
    document.addEventListener(failed, (event) => {
      const source = event.detail.elt;
      if (source instanceof HTMLFormElement) source.submit();
      else if (source instanceof HTMLAnchorElement) location.assign(source.href);
    });
  }

  // ── New rows ──

  const pill = document.querySelector('[data-new-rows]');
  let moved = 0;
  document.addEventListener('pointermove', (event) => {
    if (event.target instanceof Element && event.target.closest('#results tbody') !== null) moved = Date.now();
  });
  function isAtWork() {
    if (scrollY > 160 || document.body.classList.contains('picking') || dialog?.open) return true;
    return inList() !== null || Date.now() - moved < 2_500;
  }
  document.addEventListener('relais:arriving', (event) => {
    if (!isAtWork()) {
      pill.hidden = true;
      return;
    }
    event.preventDefault();
    pill.hidden = false;
  });
  pill?.addEventListener('click', () => {
    pill.hidden = true;
    moved = 0;
    document.activeElement?.blur();
    scrollTo({ top: 0 });
    document.dispatchEvent(new CustomEvent('relais:renew'));
  });
  // Held back, and nobody at work any more.
  setInterval(() => {
    if (pill === null || pill.hidden || isAtWork() || document.visibilityState === 'hidden') return;
    pill.hidden = true;
    document.dispatchEvent(new CustomEvent('relais:renew'));
  }, 3_000);

  // ── Export ──

  const progress = document.querySelector('[data-export-progress]');
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-format]') : null;
    if (link === null || progress === null) return;
    const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
    const url = new URL(link.href);
    url.searchParams.set('key', key);
    link.href = url.href;
    void watch(key, 0);
  });

  async function watch(key, tries) {
    const answer = await fetch(`/messages/export-progress?key=${key}`, { headers: { 'hx-request': 'true' } }).catch(() => null);
    if (answer === null || !answer.ok) return;
    const { state, text } = await answer.json();
    progress.textContent = text;
    if (state === 'running' || (state === 'unknown' && tries < 20)) setTimeout(() => watch(key, tries + 1), 700);
    else if (state === 'done') setTimeout(() => progress.replaceChildren(), 8_000);
  }

  find?.addEventListener('submit', () => pill?.setAttribute('hidden', ''));
})();
