/** The words of the overview. */

export interface OverviewWords {
  readonly today: string;
  readonly recipients: string;
  readonly attention: string;
  readonly nothing: string;
  readonly failedToday: string;
  readonly all: string;
  readonly reports: (count: number) => string;
  readonly moreSignals: (count: number) => string;
  readonly blocked: (hop: string) => string;
  readonly deferred: (count: number) => string;
  readonly held: (count: number) => string;
  readonly trend: (days: number) => string;
  readonly day: string;
  readonly sum: string;
  readonly table: string;
}

const en: OverviewWords = {
  today: 'Today',
  recipients: 'Recipients',
  attention: 'Needs attention',
  nothing: 'Nothing needs attention.',
  failedToday: 'Failed today',
  all: 'Show all',
  reports: (count) => (count === 1 ? '1 report fits no message' : `${count} reports fit no message`),
  moreSignals: (count) => (count === 1 ? '1 more signal is open' : `${count} more signals are open`),
  blocked: (hop) => `${hop} refuses us`,
  deferred: (count) => (count === 1 ? '1 recipient was deferred' : `${count} recipients were deferred`),
  held: (count) => (count === 1 ? '1 recipient is held' : `${count} recipients are held`),
  trend: (days) => `The last ${days} days`,
  day: 'Day',
  sum: 'All',
  table: 'As a table',
};

const fr: OverviewWords = {
  today: 'Aujourd’hui',
  recipients: 'Destinataires',
  attention: 'À traiter',
  nothing: 'Rien ne demande votre attention.',
  failedToday: 'Échecs du jour',
  all: 'Tout afficher',
  reports: (count) => (count === 1 ? '1 rapport ne correspond à aucun message' : `${count} rapports ne correspondent à aucun message`),
  moreSignals: (count) => (count === 1 ? '1 autre signal ouvert' : `${count} autres signaux ouverts`),
  blocked: (hop) => `${hop} nous refuse`,
  deferred: (count) => (count === 1 ? '1 destinataire différé' : `${count} destinataires différés`),
  held: (count) => (count === 1 ? '1 destinataire retenu' : `${count} destinataires retenus`),
  trend: (days) => `Les ${days} derniers jours`,
  day: 'Jour',
  sum: 'Total',
  table: 'En tableau',
};

const nl: OverviewWords = {
  today: 'Vandaag',
  recipients: 'Ontvangers',
  attention: 'Vraagt aandacht',
  nothing: 'Niets vraagt aandacht.',
  failedToday: 'Vandaag mislukt',
  all: 'Alles tonen',
  reports: (count) => (count === 1 ? '1 rapport past bij geen bericht' : `${count} rapporten passen bij geen bericht`),
  moreSignals: (count) => (count === 1 ? 'Nog 1 signaal open' : `Nog ${count} signalen open`),
  blocked: (hop) => `${hop} weigert ons`,
  deferred: (count) => (count === 1 ? '1 ontvanger is uitgesteld' : `${count} ontvangers zijn uitgesteld`),
  held: (count) => (count === 1 ? '1 ontvanger wordt vastgehouden' : `${count} ontvangers worden vastgehouden`),
  trend: (days) => `De laatste ${days} dagen`,
  day: 'Dag',
  sum: 'Totaal',
  table: 'Als tabel',
};

const de: OverviewWords = {
  today: 'Heute',
  recipients: 'Empfänger',
  attention: 'Zu erledigen',
  nothing: 'Nichts ist zu erledigen.',
  failedToday: 'Heute fehlgeschlagen',
  all: 'Alle anzeigen',
  reports: (count) => (count === 1 ? '1 Bericht passt zu keiner Nachricht' : `${count} Berichte passen zu keiner Nachricht`),
  moreSignals: (count) => (count === 1 ? '1 weiteres Signal ist offen' : `${count} weitere Signale sind offen`),
  blocked: (hop) => `${hop} weist uns ab`,
  deferred: (count) => (count === 1 ? '1 Empfänger ist aufgeschoben' : `${count} Empfänger sind aufgeschoben`),
  held: (count) => (count === 1 ? '1 Empfänger wird zurückgehalten' : `${count} Empfänger werden zurückgehalten`),
  trend: (days) => `Die letzten ${days} Tage`,
  day: 'Tag',
  sum: 'Summe',
  table: 'Als Tabelle',
};

export const overviewWords = { en, fr, nl, de };
