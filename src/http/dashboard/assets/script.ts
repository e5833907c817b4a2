/**
 * What the pages gain with JavaScript; without it they work all the same. Relative times go on,
 * exact ones are shown in the reader's own zone, `/` goes to the search, ids are copied, and a pill
 * tells when there is something new. Never sets HTML.
 */
export const SCRIPT = `'use strict';
(() => {
  const words = document.documentElement.dataset;
  const units = [['day', 86400], ['hour', 3600], ['minute', 60]];
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  const exact = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'full', timeStyle: 'long' });

  const relative = (seconds) => {
    if (Math.abs(seconds) < 45) return seconds > 5 ? format.format(1, 'minute') : words.justNow;
    const limits = { minute: 45 * 60, hour: 22 * 3600 };
    const size = Math.abs(seconds);
    const [unit, length] = units.find(([name]) => (name === 'minute' ? size < limits.minute : name === 'hour' ? size < limits.hour && size >= limits.minute : size >= limits.hour));
    return format.format(Math.sign(seconds) * Math.max(1, Math.round(size / length)), unit);
  };
  const tick = () => {
    for (const time of document.querySelectorAll('time[data-relative]')) {
      time.textContent = relative((Date.parse(time.dateTime) - Date.now()) / 1000);
    }
  };
  for (const time of document.querySelectorAll('time')) time.title = exact.format(new Date(time.dateTime));
  setInterval(tick, 20000);

  // On a phone the navigation is wider than the screen: where one is must be seen.
  for (const here of document.querySelectorAll('.nav [aria-current], .tabs [aria-current]')) {
    here.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }

  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest('input, textarea, select')) return;
    const search = document.querySelector('input[type=search]');
    if (search === null) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  for (const button of document.querySelectorAll('button[data-copy]')) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const before = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = before; }, 1500);
    });
  }

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
`;
