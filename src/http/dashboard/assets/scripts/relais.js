/**
 * What every page gains with JavaScript; without it they work all the same. Times go on and are shown
 * in the reader's own zone, keys lead through the pages, menus close, ids are copied, and a pill tells
 * when there is something new. Never sets HTML.
 */
(() => {
  const root = document.documentElement;
  // The page's language, as the reader's country writes it.
  const lang = navigator.languages.find((one) => one.split('-')[0] === root.lang) ?? (root.lang === 'en' ? 'en-GB' : root.lang);
  const UNITS = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  const relativeFormat = new Intl.RelativeTimeFormat(lang, { numeric: 'always' });
  const exactFormat = new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeStyle: 'long' });

  /** As the server says it, see relativeTime in explain.ts. */
  function relative(seconds) {
    const size = Math.abs(seconds);
    if (size < 45) return seconds > 5 ? relativeFormat.format(1, 'minute') : root.dataset.justNow;
    const unit = size < 45 * 60 ? 'minute' : size < 22 * 3_600 ? 'hour' : 'day';
    const length = UNITS.find(([name]) => name === unit)[1];
    return relativeFormat.format(Math.sign(seconds) * Math.max(1, Math.round(size / length)), unit);
  }

  const timeFormat = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit' });
  const dayFormat = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const dateFormat = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });

  /** Of today the time alone. */
  function clock(date) {
    const now = new Date();
    if (date.toDateString() === now.toDateString()) return timeFormat.format(date);
    return (date.getFullYear() === now.getFullYear() ? dayFormat : dateFormat).format(date);
  }

  function tellTimes(within) {
    for (const time of within.querySelectorAll('time')) {
      if ('relative' in time.dataset) {
        const text = relative((Date.parse(time.dateTime) - Date.now()) / 1_000);
        if (time.textContent !== text) time.textContent = text;
      }
      if ('clock' in time.dataset) {
        const text = clock(new Date(time.dateTime));
        if (time.textContent !== text) time.textContent = text;
      }
      if (!('told' in time.dataset)) {
        time.title = exactFormat.format(new Date(time.dateTime));
        time.dataset.told = '';
      }
    }
  }
  tellTimes(document);
  setInterval(() => tellTimes(document), 20_000);
  document.addEventListener('htmx:afterSettle', (event) => tellTimes(event.target.parentElement ?? document));

  // Where one is must be seen, also where the tabs are wider than the screen.
  for (const here of document.querySelectorAll('.tabs [aria-current], .settings-tabs [aria-current]'))
    here.scrollIntoView({ inline: 'nearest', block: 'nearest' });

  // ── Menus ──

  const menus = 'details.menu[open], details.sheet[open]';
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll(menus)) {
      if (!(event.target instanceof Node) || !menu.contains(event.target)) menu.open = false;
    }
  });

  // ── Keys ──

  const GO = { o: 'overview', m: 'messages', d: 'documents', c: 'contacts', q: 'queue', r: 'reports', s: 'statistics' };
  let going = 0;

  function search() {
    const field = document.querySelector('main input[type=search]');
    if (field === null) {
      location.assign('/messages#q');
      return;
    }
    field.focus();
    field.select();
  }

  function isTyping(target) {
    return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;
  }

  function pressed(key) {
    if (going > Date.now() && key in GO) {
      going = 0;
      document.querySelector(`.rail [data-place=${GO[key]}]`)?.click();
      return true;
    }
    going = 0;
    if (key === 'g') going = Date.now() + 1_500;
    else if (key === '/') search();
    else if (key === '?') document.getElementById('keys')?.showModal();
    else return false;
    return true;
  }

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      const menu = document.querySelector(menus);
      if (menu !== null) {
        menu.open = false;
        menu.querySelector('summary').focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    if (pressed(event.key)) event.preventDefault();
  });
  if (location.hash === '#q') search();

  // ── Copying ──

  function offerCopying(within) {
    if (!navigator.clipboard) return;
    for (const button of within.querySelectorAll('button[data-copy]')) button.hidden = false;
  }
  offerCopying(document);
  document.addEventListener('htmx:afterSettle', (event) => offerCopying(event.target.parentElement ?? document));
  document.addEventListener('click', async (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-copy]') : null;
    if (button === null) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = before;
    }, 1_500);
  });

  // ── What is new ──

  const pill = document.querySelector('[data-live]');
  if (pill !== null) {
    const stream = new EventSource(pill.dataset.live);
    stream.onmessage = (event) => {
      const wanted = pill.dataset.message;
      if (wanted && JSON.parse(event.data).message !== wanted) return;
      pill.hidden = false;
      stream.close();
    };
  }
})();
