/** The icons of the pages: strokes in the colour of the text, said to nobody, for a word stands beside each. */

const PATHS = {
  overview: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v3H9zM9 7.5h4.5v6H9zM2.5 9h4.5v4.5H2.5z',
  messages: 'M2 4.5A1.5 1.5 0 0 1 3.5 3h9A1.5 1.5 0 0 1 14 4.5v7a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 11.5zM2.4 4.6 8 8.8l5.6-4.2',
  documents: 'M4 2h5l3.5 3.5V12.5A1.5 1.5 0 0 1 11 14H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 2M9 2v3.5h3.5M6 8.5h4M6 11h4',
  contacts: 'M8 7.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2M2.8 13.7c.5-2.6 2.6-4 5.2-4s4.7 1.4 5.2 4',
  queue: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 4.8V8l2.3 1.6',
  reports: 'M6 3.5 2.5 7 6 10.5M2.7 7H9.5a4 4 0 0 1 4 4v1.5',
  suppressions: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M3.8 3.8l8.4 8.4',
  references: 'M2.5 3h5l6 6-5 5-6-6zM5.2 5.7h.01',
  statistics: 'M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6',
  runs: 'M2.5 4h2M2.5 8h2M2.5 12h2M7 4h6.5M7 8h6.5M7 12h6.5',
  signals: 'M4 7a4 4 0 0 1 8 0c0 3 1.3 4 1.3 4H2.7S4 10 4 7M6.6 13.3a1.5 1.5 0 0 0 2.8 0',
  settings: 'M2 4.5h6.5M12.5 4.5H14M2 11.5h1.5M7.5 11.5H14M10.5 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4M5.5 13.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4',
  api: 'M5.5 4 1.8 8l3.7 4M10.5 4l3.7 4-3.7 4',
  more: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10M10.8 10.8l3.2 3.2',
  language: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M2 8h12M8 2c2 1.8 2.7 3.8 2.7 6S10 12.2 8 14M8 2C6 3.8 5.3 5.8 5.3 8S6 12.2 8 14',
  'sign-out': 'M6 2.5H4A1.5 1.5 0 0 0 2.5 4v8A1.5 1.5 0 0 0 4 13.5h2M10.5 5 13.5 8l-3 3M13.5 8H6',
  keys: 'M3 4h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1M4.8 7h.01M8 7h.01M11.2 7h.01M5.5 9.5h5',
  columns: 'M3 3h10a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M6 3v10M10 3v10',
  evidence: 'M8 1.8 13 4v3.6c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6V4zM5.8 8l1.6 1.6 2.9-3',
  download: 'M8 2.5V10M4.8 7 8 10.2 11.2 7M2.5 13h11',
  filter: 'M2.5 4.5h11M4.5 8h7M6.5 11.5h3',
  bookmark: 'M4 2.5h8v11l-4-3-4 3z',
  close: 'M4 4l8 8M12 4l-8 8',
  out: 'M6 4h6v6M12 4l-8 8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
