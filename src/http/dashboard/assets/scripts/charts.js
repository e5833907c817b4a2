/**
 * Charts out of the tables that stand on the page: uPlot draws what the table beside it says, with an
 * axis, and with the figures of the day that is pointed at. Without it the page shows plain bars. Sets
 * no HTML, and styles through the DOM alone.
 */
(() => {
  const { uPlot } = window;
  if (uPlot === undefined) return;
  const root = document.documentElement;
  const lang = navigator.languages.find((one) => one.split('-')[0] === root.lang) ?? (root.lang === 'en' ? 'en-GB' : root.lang);
  const dayFormat = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const fullFormat = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  const shortNumber = new Intl.NumberFormat(lang, { notation: 'compact', maximumFractionDigits: 1 });
  const number = new Intl.NumberFormat(lang);
  /** Pixels that the name of a day takes, with the room around it. */
  const DAY_LABEL = 64;
  const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
  const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

  /** Days, oldest first, and the counts of each series. */
  function readTable(table) {
    const rows = [...table.tBodies[0].rows].reverse();
    const series = [...table.tHead.rows[0].cells]
      .filter((cell) => cell.dataset.series !== undefined)
      .map((cell) => ({
        name: cell.dataset.series,
        words: cell.textContent,
        counts: rows.map((row) => Number(row.querySelector(`[data-series="${cell.dataset.series}"]`).dataset.count)),
      }));
    const days = rows.map((row) => ({ at: Number(row.dataset.day), path: row.querySelector('a')?.getAttribute('href') ?? null }));
    return { days, series };
  }

  function element(name, look, text = '') {
    const made = document.createElement(name);
    made.className = look;
    made.textContent = text;
    return made;
  }

  /** The day that is pointed at, in words. */
  function tooltip({ days, series }, colours) {
    const box = element('div', 'chart-tip');
    box.hidden = true;
    const title = element('b', '');
    const list = element('ul', '');
    box.append(title, list);
    function show(u, index) {
      title.textContent = fullFormat.format(days[index].at);
      list.replaceChildren(
        ...series.toReversed().flatMap((one) => {
          if (one.counts[index] === 0) return [];
          const line = element('li', '');
          const dot = element('i', '');
          dot.style.backgroundColor = colours(one.name);
          line.append(dot, element('span', '', one.words), element('b', '', number.format(one.counts[index])));
          return [line];
        }),
      );
      box.hidden = false;
      const left = u.valToPos(index, 'x');
      const half = u.over.clientWidth / 2;
      // Beside the bar, on the side that has the room.
      box.style.left = left > half ? '' : `${left + 14}px`;
      box.style.right = left > half ? `${u.over.clientWidth - left + 14}px` : '';
    }
    return { box, show };
  }

  /** What uPlot is to draw: bars upon each other, with days below and round numbers beside. */
  function optionsOf(u, { days, series }, { colours, token, tip }) {
    const bars = uPlot.paths.bars({ size: [0.72, 44], radius: [0.14, 0] });
    const axis = { font: FONT, stroke: () => token('muted'), grid: { show: false }, ticks: { show: false } };
    const dayAxis = {
      ...axis,
      size: 26,
      // As many as there is room for, today with them.
      splits: ({ width }) => {
        const every = Math.max(1, Math.ceil(days.length / Math.max(1, Math.floor(width / DAY_LABEL))));
        return days.map((_, i) => i).filter((i) => (days.length - 1 - i) % every === 0);
      },
      values: (_, splits) => splits.map((i) => dayFormat.format(days[i].at)),
    };
    const countAxis = {
      ...axis,
      size: 46,
      space: 44,
      incrs: STEPS,
      grid: { show: true, stroke: () => token('line'), width: 1 },
      values: (_, splits) => splits.map((n) => shortNumber.format(n)),
    };
    return {
      ...u,
      padding: [12, 22, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false, range: () => [-0.6, days.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.04)] } },
      axes: [dayAxis, countAxis],
      // The highest is drawn first, and those below it over it.
      series: [
        {},
        ...series
          .toReversed()
          .map(({ name, words }) => ({ label: words, fill: () => colours(name), width: 0, paths: bars, points: { show: false } })),
      ],
      hooks: {
        ready: [({ over }) => over.append(tip.box)],
        setCursor: [
          (chart) => {
            const { idx, left } = chart.cursor;
            if (typeof idx !== 'number' || left < 0) tip.box.hidden = true;
            else tip.show(chart, idx);
          },
        ],
      },
    };
  }

  /** Each series upon those below it. */
  function stacked(series) {
    const sums = [];
    for (const { counts } of series) {
      const below = sums.at(-1);
      sums.push(counts.map((n, i) => n + (below?.[i] ?? 0)));
    }
    return sums;
  }

  function draw(figure) {
    const plot = figure.querySelector('[data-chart-plot]');
    const data = readTable(figure.querySelector('table'));
    const { days, series } = data;
    if (series.length === 0) return;
    // Looked up anew at each drawing, for the theme may change: what is drawn on a canvas knows no variables.
    const colours = (name) => getComputedStyle(figure.querySelector(`[data-swatch="${name}"] rect`)).fill;
    const token = (name) => getComputedStyle(figure.querySelector(`[data-token="${name}"]`)).color;
    const tip = tooltip(data, colours);
    const size = () => ({ width: plot.clientWidth, height: plot.clientHeight });
    const options = optionsOf(size(), data, { colours, token, tip });
    figure.querySelector('[data-chart-still]').hidden = true;
    const chart = new uPlot(options, [days.map((_, i) => i), ...stacked(series).toReversed()], plot);
    chart.root.setAttribute('aria-hidden', 'true');
    chart.over.addEventListener('click', () => {
      const path = days[chart.cursor.idx]?.path;
      if (path) location.assign(path);
    });
    new ResizeObserver(() => chart.setSize(size())).observe(plot);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw(false, true));
  }

  for (const figure of document.querySelectorAll('[data-chart]')) draw(figure);
})();
