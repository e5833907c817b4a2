/** The words of the frame around the pages: where one can go, how it looks, which keys do what. */

export interface FrameWords {
  readonly label: string;
  readonly groups: { readonly delivery: string; readonly insight: string; readonly relay: string };
  readonly places: {
    readonly overview: string;
    readonly messages: string;
    readonly documents: string;
    readonly contacts: string;
    readonly queue: string;
    readonly runs: string;
    readonly reports: string;
    readonly suppressions: string;
    readonly references: string;
    readonly statistics: string;
    readonly signals: string;
    readonly settings: string;
    readonly api: string;
  };
  readonly more: string;
  readonly search: string;
  readonly language: string;
  readonly appearance: string;
  readonly themes: { readonly system: string; readonly light: string; readonly dark: string };
  readonly close: string;
  readonly keys: {
    readonly title: string;
    readonly search: string;
    readonly go: string;
    readonly help: string;
    readonly next: string;
    readonly previous: string;
    readonly open: string;
    readonly select: string;
    readonly escape: string;
    readonly or: string;
    readonly after: string;
  };
}

const en: FrameWords = {
  label: 'Main',
  groups: { delivery: 'Delivery', insight: 'Insight', relay: 'Relay' },
  places: {
    overview: 'Overview',
    messages: 'Messages',
    documents: 'Documents',
    contacts: 'Contacts',
    queue: 'Queue',
    runs: 'Runs',
    reports: 'Reports',
    suppressions: 'Suppressed',
    references: 'References',
    statistics: 'Statistics',
    signals: 'Signals',
    settings: 'Settings',
    api: 'API',
  },
  more: 'More',
  search: 'Search messages',
  language: 'Language',
  appearance: 'Appearance',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  close: 'Close',
  keys: {
    title: 'Keyboard',
    search: 'Search',
    go: 'Go to overview, messages, queue, …',
    help: 'Show these keys',
    next: 'Next message',
    previous: 'Previous message',
    open: 'Open it',
    select: 'Select it',
    escape: 'Leave the search, clear the selection',
    or: 'or',
    after: 'then',
  },
};

const fr: FrameWords = {
  label: 'Principal',
  groups: { delivery: 'Acheminement', insight: 'Analyse', relay: 'Relais' },
  places: {
    overview: 'Vue d’ensemble',
    messages: 'Messages',
    documents: 'Documents',
    contacts: 'Contacts',
    queue: 'File d’attente',
    runs: 'Séries',
    reports: 'Rapports',
    suppressions: 'Bloqués',
    references: 'Références',
    statistics: 'Statistiques',
    signals: 'Signaux',
    settings: 'Réglages',
    api: 'API',
  },
  more: 'Plus',
  search: 'Chercher des messages',
  language: 'Langue',
  appearance: 'Apparence',
  themes: { system: 'Comme le système', light: 'Clair', dark: 'Sombre' },
  close: 'Fermer',
  keys: {
    title: 'Clavier',
    search: 'Rechercher',
    go: 'Aller à la vue d’ensemble, aux messages, à la file, …',
    help: 'Afficher ces touches',
    next: 'Message suivant',
    previous: 'Message précédent',
    open: 'L’ouvrir',
    select: 'Le sélectionner',
    escape: 'Quitter la recherche, effacer la sélection',
    or: 'ou',
    after: 'puis',
  },
};

const nl: FrameWords = {
  label: 'Hoofdmenu',
  groups: { delivery: 'Verzending', insight: 'Inzicht', relay: 'Relais' },
  places: {
    overview: 'Overzicht',
    messages: 'Berichten',
    documents: 'Documenten',
    contacts: 'Contacten',
    queue: 'Wachtrij',
    runs: 'Reeksen',
    reports: 'Rapporten',
    suppressions: 'Geblokkeerd',
    references: 'Referenties',
    statistics: 'Statistieken',
    signals: 'Signalen',
    settings: 'Instellingen',
    api: 'API',
  },
  more: 'Meer',
  search: 'Berichten zoeken',
  language: 'Taal',
  appearance: 'Weergave',
  themes: { system: 'Zoals het systeem', light: 'Licht', dark: 'Donker' },
  close: 'Sluiten',
  keys: {
    title: 'Toetsenbord',
    search: 'Zoeken',
    go: 'Naar overzicht, berichten, wachtrij, …',
    help: 'Deze toetsen tonen',
    next: 'Volgend bericht',
    previous: 'Vorig bericht',
    open: 'Openen',
    select: 'Selecteren',
    escape: 'Zoeken verlaten, selectie wissen',
    or: 'of',
    after: 'dan',
  },
};

const de: FrameWords = {
  label: 'Haupt',
  groups: { delivery: 'Versand', insight: 'Einblick', relay: 'Relais' },
  places: {
    overview: 'Überblick',
    messages: 'Nachrichten',
    documents: 'Belege',
    contacts: 'Kontakte',
    queue: 'Warteschlange',
    runs: 'Läufe',
    reports: 'Berichte',
    suppressions: 'Gesperrt',
    references: 'Referenzen',
    statistics: 'Statistik',
    signals: 'Signale',
    settings: 'Einstellungen',
    api: 'API',
  },
  more: 'Mehr',
  search: 'Nachrichten suchen',
  language: 'Sprache',
  appearance: 'Darstellung',
  themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  close: 'Schließen',
  keys: {
    title: 'Tastatur',
    search: 'Suchen',
    go: 'Zu Überblick, Nachrichten, Warteschlange, …',
    help: 'Diese Tasten zeigen',
    next: 'Nächste Nachricht',
    previous: 'Vorige Nachricht',
    open: 'Öffnen',
    select: 'Auswählen',
    escape: 'Suche verlassen, Auswahl aufheben',
    or: 'oder',
    after: 'dann',
  },
};

export const FRAME = { en, fr, nl, de };
