/** The words of the statistics. */

export interface StatisticsWords {
  readonly title: string;
  readonly lead: string;
  readonly period: string;
  readonly days: (count: number) => string;
  /** An account that the figures are narrowed to. */
  readonly account: (name: string) => string;
  readonly remove: (what: string) => string;
  readonly recipients: string;
  readonly handedOver: string;
  readonly confirmed: (count: string) => string;
  readonly failed: string;
  readonly bounced: string;
  readonly half: string;
  readonly most: (span: string) => string;
  /** `+12 %`, against as many days before. */
  readonly change: (percent: string, days: number) => string;
  readonly before: (percent: string) => string;
  readonly byDay: string;
  readonly byTemplate: string;
  readonly byAccount: string;
  readonly reasons: string;
  readonly reasonsLead: string;
  readonly noReasons: string;
  /** A reason that is no server's: the suppression list. */
  readonly suppressed: string;
  readonly delay: string;
  readonly delayLead: string;
  readonly noDelays: string;
  readonly upTo: (span: string) => string;
  readonly longer: (span: string) => string;
  readonly hops: string;
  readonly hopsLead: string;
  readonly noHops: string;
  readonly hop: string;
  readonly putOff: string;
  readonly refused: string;
  readonly others: string;
  readonly failedShare: (percent: string) => string;
  readonly none: string;
  readonly noneLead: string;
}

const en: StatisticsWords = {
  title: 'Statistics',
  lead: 'Recipients, by the day on which their message was accepted (UTC).',
  period: 'Period',
  days: (count) => `${count} days`,
  account: (name) => `Account: ${name}`,
  remove: (what) => `Remove ${what}`,
  recipients: 'Recipients',
  handedOver: 'Transferred',
  confirmed: (count) => `${count} confirmed by a report`,
  failed: 'Failed',
  bounced: 'Bounced later',
  half: 'Half transferred within',
  most: (span) => `95% within ${span}`,
  change: (percent, days) => `${percent} on the ${days} days before`,
  before: (percent) => `${percent} before`,
  byDay: 'By day',
  byTemplate: 'By template',
  byAccount: 'By account',
  reasons: 'Why mail failed',
  reasonsLead: 'Refusals and bounces, as they were told.',
  noReasons: 'Nothing failed in these days.',
  suppressed: 'the address is on the suppression list',
  delay: 'Time to transfer',
  delayLead: 'From acceptance until the next mail server took over.',
  noDelays: 'Nothing was transferred in these days.',
  upTo: (span) => `up to ${span}`,
  longer: (span) => `over ${span}`,
  hops: 'Next hops',
  hopsLead: 'What the servers that relais talks to answered.',
  noHops: 'No server was asked in these days.',
  hop: 'Next hop',
  putOff: 'Put off',
  refused: 'Refused',
  others: 'All others',
  failedShare: (percent) => `${percent} failed`,
  none: 'No mail in these days',
  noneLead: 'What is sent shows up here within a second.',
};

const fr: StatisticsWords = {
  title: 'Statistiques',
  lead: 'Destinataires, selon le jour où leur message a été accepté (UTC).',
  period: 'Période',
  days: (count) => `${count} jours`,
  account: (name) => `Compte : ${name}`,
  remove: (what) => `Retirer ${what}`,
  recipients: 'Destinataires',
  handedOver: 'Transmis',
  confirmed: (count) => `${count} confirmés par un rapport`,
  failed: 'Échoués',
  bounced: 'Revenus ensuite',
  half: 'La moitié transmise en',
  most: (span) => `95 % en ${span}`,
  change: (percent, days) => `${percent} par rapport aux ${days} jours d’avant`,
  before: (percent) => `${percent} auparavant`,
  byDay: 'Par jour',
  byTemplate: 'Par modèle',
  byAccount: 'Par compte',
  reasons: 'Pourquoi le courrier a échoué',
  reasonsLead: 'Refus et retours, tels qu’ils ont été annoncés.',
  noReasons: 'Aucun échec ces jours-là.',
  suppressed: 'l’adresse figure sur la liste de blocage',
  delay: 'Délai de transmission',
  delayLead: 'De l’acceptation à la prise en charge par le serveur suivant.',
  noDelays: 'Rien n’a été transmis ces jours-là.',
  upTo: (span) => `jusqu’à ${span}`,
  longer: (span) => `plus de ${span}`,
  hops: 'Serveurs suivants',
  hopsLead: 'Ce qu’ont répondu les serveurs auxquels relais s’adresse.',
  noHops: 'Aucun serveur n’a été contacté ces jours-là.',
  hop: 'Serveur suivant',
  putOff: 'Différé',
  refused: 'Refusé',
  others: 'Tous les autres',
  failedShare: (percent) => `${percent} échoués`,
  none: 'Aucun courrier ces jours-là',
  noneLead: 'Ce qui est envoyé apparaît ici en une seconde.',
};

const nl: StatisticsWords = {
  title: 'Statistieken',
  lead: 'Ontvangers, naar de dag waarop hun bericht werd aangenomen (UTC).',
  period: 'Periode',
  days: (count) => `${count} dagen`,
  account: (name) => `Account: ${name}`,
  remove: (what) => `${what} weghalen`,
  recipients: 'Ontvangers',
  handedOver: 'Overgedragen',
  confirmed: (count) => `${count} bevestigd door een rapport`,
  failed: 'Mislukt',
  bounced: 'Later teruggekomen',
  half: 'De helft overgedragen binnen',
  most: (span) => `95 % binnen ${span}`,
  change: (percent, days) => `${percent} ten opzichte van de ${days} dagen ervoor`,
  before: (percent) => `daarvoor ${percent}`,
  byDay: 'Per dag',
  byTemplate: 'Per sjabloon',
  byAccount: 'Per account',
  reasons: 'Waarom mail mislukte',
  reasonsLead: 'Weigeringen en teruggekomen mail, zoals ze gemeld werden.',
  noReasons: 'In deze dagen is niets mislukt.',
  suppressed: 'het adres staat op de blokkeerlijst',
  delay: 'Tijd tot overdracht',
  delayLead: 'Van aanname tot de volgende mailserver het overnam.',
  noDelays: 'In deze dagen is niets overgedragen.',
  upTo: (span) => `tot ${span}`,
  longer: (span) => `meer dan ${span}`,
  hops: 'Bestemmingen',
  hopsLead: 'Wat de servers antwoordden waarmee relais spreekt.',
  noHops: 'In deze dagen is geen server gevraagd.',
  hop: 'Bestemming',
  putOff: 'Uitgesteld',
  refused: 'Geweigerd',
  others: 'Alle andere',
  failedShare: (percent) => `${percent} mislukt`,
  none: 'Geen mail in deze dagen',
  noneLead: 'Wat verzonden wordt, verschijnt hier binnen een seconde.',
};

const de: StatisticsWords = {
  title: 'Statistik',
  lead: 'Empfänger, nach dem Tag, an dem ihre Nachricht angenommen wurde (UTC).',
  period: 'Zeitraum',
  days: (count) => `${count} Tage`,
  account: (name) => `Konto: ${name}`,
  remove: (what) => `${what} entfernen`,
  recipients: 'Empfänger',
  handedOver: 'Übergeben',
  confirmed: (count) => `${count} durch einen Bericht bestätigt`,
  failed: 'Gescheitert',
  bounced: 'Später zurückgekommen',
  half: 'Die Hälfte übergeben in',
  most: (span) => `95 % in ${span}`,
  change: (percent, days) => `${percent} gegenüber den ${days} Tagen davor`,
  before: (percent) => `davor ${percent}`,
  byDay: 'Nach Tagen',
  byTemplate: 'Nach Vorlagen',
  byAccount: 'Nach Konten',
  reasons: 'Warum Mail scheiterte',
  reasonsLead: 'Ablehnungen und Zurückgekommenes, wie sie gemeldet wurden.',
  noReasons: 'In diesen Tagen ist nichts gescheitert.',
  suppressed: 'die Adresse steht auf der Sperrliste',
  delay: 'Zeit bis zur Übergabe',
  delayLead: 'Von der Annahme, bis der nächste Mailserver übernahm.',
  noDelays: 'In diesen Tagen wurde nichts übergeben.',
  upTo: (span) => `bis ${span}`,
  longer: (span) => `über ${span}`,
  hops: 'Nächste Ziele',
  hopsLead: 'Was die Server antworteten, mit denen relais spricht.',
  noHops: 'In diesen Tagen wurde kein Server gefragt.',
  hop: 'Nächstes Ziel',
  putOff: 'Aufgeschoben',
  refused: 'Abgelehnt',
  others: 'Alle anderen',
  failedShare: (percent) => `${percent} gescheitert`,
  none: 'Keine Mail in diesen Tagen',
  noneLead: 'Was gesendet wird, erscheint hier innerhalb einer Sekunde.',
};

export const STATISTICS_WORDS = { en, fr, nl, de };
