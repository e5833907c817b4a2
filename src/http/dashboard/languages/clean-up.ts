/** The words of the clean-up: what is kept for how long, what a run takes, legal holds, a person's data. */
import type { CleanupCounts } from '../../../domain/cleanup.ts';
import type { RetentionMatchName } from '../../../domain/retention.ts';
import type { SubjectErasureCounts } from '../../../domain/subject-erasure.ts';
import { counter } from './grammar.ts';

/** What stays of a run's or an erasure's numbers: those that are worth a sentence, made into one. */
type Sentences<Counts> = (counts: Counts, size: (octets: number) => string) => readonly string[];

export interface CleanUpWords {
  readonly lead: string;
  readonly next: string;
  readonly kept: {
    readonly title: string;
    readonly mail: string;
    readonly content: string;
    readonly records: string;
    readonly rest: string;
    readonly all: string;
    readonly matches: Readonly<Record<RetentionMatchName, string>>;
    readonly or: string;
    readonly others: string;
    readonly feed: string;
    readonly reports: string;
    readonly audit: string;
    readonly forever: string;
    readonly patience: (time: string) => string;
    readonly where: string;
  };
  readonly run: {
    readonly title: string;
    readonly lead: string;
    readonly count: string;
    readonly countAgain: string;
    readonly counting: string;
    readonly counted: string;
    readonly would: Sentences<CleanupCounts>;
    readonly nothing: string;
    readonly stays: Sentences<CleanupCounts>;
    readonly byClass: string;
    readonly now: (contents: number, records: number) => string;
    readonly final: string;
    readonly running: (by: string | null) => string;
    readonly soFar: Sentences<CleanupCounts>;
    readonly refresh: string;
  };
  readonly runs: {
    readonly title: string;
    readonly none: string;
    readonly bySchedule: string;
    readonly by: (name: string) => string;
    readonly took: string;
    readonly nothing: string;
    readonly failed: string;
  };
  readonly holds: {
    readonly title: string;
    readonly lead: string;
    readonly none: string;
    readonly message: string;
    readonly filter: (text: string) => string;
    /** Of filters that stand nowhere else on the page. */
    readonly fields: Readonly<Record<'domain' | 'contact' | 'messageId' | 'from' | 'to', string>>;
    readonly since: (by: string | null) => string;
    readonly lift: string;
    readonly more: (n: number) => string;
    readonly add: string;
    readonly name: string;
    readonly nameHint: string;
    readonly badName: string;
    readonly recipient: string;
    readonly document: string;
    readonly domain: string;
    readonly oneOf: string;
    readonly badAddress: string;
    readonly reason: string;
    readonly noReason: string;
    readonly submit: string;
  };
  readonly person: {
    readonly title: string;
    readonly lead: string;
    readonly address: string;
    readonly look: string;
    readonly noAddress: string;
    readonly wouldTitle: (address: string) => string;
    readonly would: Sentences<SubjectErasureCounts>;
    readonly nothing: string;
    readonly pending: (n: number) => string;
    readonly force: string;
    readonly erase: string;
    readonly done: string;
    readonly did: Sentences<SubjectErasureCounts>;
    readonly underWay: string;
    readonly busy: string;
    readonly failed: (why: string) => string;
    readonly certificates: string;
    readonly backups: string;
    readonly unfinished: (n: number) => string;
  };
}

/** Sentences of the counts that are not 0. */
function some(parts: readonly (readonly [number, string])[]): readonly string[] {
  return parts.filter(([n]) => n > 0).map(([, text]) => text);
}

type Counted = readonly [n: number, one: string, many: string];

/** `Erase 3 contents and 1 record`; what there is none of is left out. */
function joined(count: ReturnType<typeof counter>) {
  return (before: string, and: string, after: string, ...parts: readonly Counted[]): string => {
    const said = parts.filter(([n]) => n > 0).map(([n, one, many]) => count(n, one, many));
    return [before, said.join(and), after].filter((text) => text !== '').join(' ');
  };
}

function en(): CleanUpWords {
  const c = counter('en', (n) => n === 1);
  const both = joined(c);
  const messages = (n: number) => c(n, 'message', 'messages');
  const taken: Sentences<CleanupCounts> = (counts, size) =>
    some([
      [counts.contents, `the content of ${messages(counts.contents)} (${size(counts.octets)})`],
      [counts.records, c(counts.records, 'record of a message', 'records of messages')],
      [counts.reports, c(counts.reports, 'report', 'reports')],
      [counts.deliveries, c(counts.deliveries, 'delivery of a signal', 'deliveries of signals')],
      [counts.events, c(counts.events, 'event of the change feed', 'events of the change feed')],
      [counts.audits, c(counts.audits, 'entry of the audit log', 'entries of the audit log')],
    ]);
  const person: Sentences<SubjectErasureCounts> = (counts) =>
    some([
      [counts.erased, `${messages(counts.erased)} to this address alone: erased, record and bytes`],
      [counts.rewritten, `${messages(counts.rewritten)} that stay: the address is replaced by a hash`],
      [counts.contents, `${c(counts.contents, 'content', 'contents')} of those that name it: erased`],
      [counts.reports, `${c(counts.reports, 'report', 'reports')} that name it: the bytes erased, the address replaced`],
      [counts.records, `${c(counts.records, 'other record', 'other records')}: the address replaced`],
      [counts.held, `${c(counts.held, 'one', 'of them')} under a legal hold: left as it is`],
      [counts.remaining, `${c(counts.remaining, 'content', 'contents')} still to go to others: erased by the first clean-up after`],
      [counts.sent, `${messages(counts.sent)} sent by this address: left as they are`],
    ]);
  return {
    lead: 'What is old enough is erased each night. Mail that is still in the queue is never taken, nor is what lies under a legal hold.',
    next: 'Next run',
    kept: {
      title: 'How long things are kept',
      mail: 'Mail',
      content: 'Content',
      records: 'Record',
      rest: 'All other mail',
      all: 'All mail',
      matches: {
        account: 'Account',
        template: 'Template',
        class: 'Class',
        documentType: 'Document type',
        administration: 'Administration',
        stream: 'Stream',
        tag: 'Tag',
        sender: 'Sender',
      },
      or: 'or',
      others: 'What is no mail',
      feed: 'Change feed',
      reports: 'Reports, deliveries of signals',
      audit: 'Audit log',
      forever: 'for ever',
      patience: (time) => `What is due waits up to ${time} longer for a reader of the change feed that is behind.`,
      where: 'Set in the configuration, under retention.',
    },
    run: {
      title: 'Clean up now',
      lead: 'First see what a run would take.',
      count: 'Count what would go',
      countAgain: 'Count again',
      counting: 'It is being counted …',
      counted: 'Counted',
      would: (counts, size) => taken(counts, size),
      nothing: 'Nothing is old enough.',
      stays: (counts) =>
        some([
          [counts.keptPending, `${messages(counts.keptPending)} still in the queue`],
          [counts.keptHeld, `${messages(counts.keptHeld)} under a legal hold`],
          [counts.keptUnread, `${messages(counts.keptUnread)} that a reader of the change feed has still to read of`],
        ]),
      byClass: 'Old enough, and kept:',
      now: (contents, records) => both('Erase', ' and ', '', [contents, 'content', 'contents'], [records, 'record', 'records']),
      final: 'What is erased can not be brought back.',
      running: (by) => (by === null ? 'The nightly run is under way, since' : `A run that ${by} asked for is under way, since`),
      soFar: (counts, size) => taken(counts, size),
      refresh: 'Show how far it is',
    },
    runs: {
      title: 'Last runs',
      none: 'None yet.',
      bySchedule: 'by schedule',
      by: (name) => `by ${name}`,
      took: 'took',
      nothing: 'nothing was old enough',
      failed: 'Ended early:',
    },
    holds: {
      title: 'Legal holds',
      lead: 'What lies under a hold is erased by nobody, until the hold is lifted.',
      none: 'There are none.',
      message: 'One message',
      filter: (text) => `All mail with ${text}`,
      fields: { domain: 'domain', contact: 'contact', messageId: 'Message-ID', from: 'from', to: 'until' },
      since: (by) => (by === null ? 'set' : `set by ${by}`),
      lift: 'Lift',
      more: (n) => `and ${n.toLocaleString('en')} more: relais legal-hold list`,
      add: 'Add a hold',
      name: 'Name',
      nameHint: 'Letters, digits and . _ - such as case-114',
      badName: 'A name of letters, digits and . _ @ + -, the first a letter or digit.',
      recipient: 'Recipient',
      document: 'Document',
      domain: 'Domain of a recipient',
      oneOf: 'Give at least one of recipient, document and domain.',
      badAddress: 'This is no mail address.',
      reason: 'Why',
      noReason: 'Say why: a case, a request.',
      submit: 'Hold',
    },
    person: {
      title: 'A person asks to be forgotten',
      lead: 'Mail to their address alone is erased. In all else that is kept the address is replaced by a hash.',
      address: 'Their address',
      look: 'See what there is',
      noAddress: 'This is no mail address.',
      wouldTitle: (address) => `What is kept of ${address}`,
      would: person,
      nothing: 'Nothing is kept of this address.',
      pending: (n) => `${messages(n)} still in the queue for this address`,
      force: 'Cancel what is still in the queue for this address',
      erase: 'Erase it',
      done: 'Erased. What was done:',
      did: person,
      underWay: 'An erasure is under way. Its certificate stands here when it is done.',
      busy: 'Another erasure is under way: try again when it is done.',
      failed: (why) => `The last erasure ended early: ${why}. Begin it again: what was done is done.`,
      certificates: 'Certificates',
      backups: 'Backups made before still hold the data.',
      unfinished: (n) => `${c(n, 'content', 'contents')} still to go`,
    },
  };
}

function fr(): CleanUpWords {
  const c = counter('fr', (n) => n < 2);
  const both = joined(c);
  const messages = (n: number) => c(n, 'message', 'messages');
  const taken: Sentences<CleanupCounts> = (counts, size) =>
    some([
      [counts.contents, `le contenu de ${messages(counts.contents)} (${size(counts.octets)})`],
      [counts.records, c(counts.records, 'fiche de message', 'fiches de messages')],
      [counts.reports, c(counts.reports, 'rapport', 'rapports')],
      [counts.deliveries, c(counts.deliveries, 'envoi de signal', 'envois de signaux')],
      [counts.events, c(counts.events, 'événement du flux', 'événements du flux')],
      [counts.audits, c(counts.audits, 'entrée du journal d’audit', 'entrées du journal d’audit')],
    ]);
  const person: Sentences<SubjectErasureCounts> = (counts) =>
    some([
      [counts.erased, `${messages(counts.erased)} à cette seule adresse : effacés, fiche et contenu`],
      [counts.rewritten, `${messages(counts.rewritten)} qui restent : l’adresse est remplacée par une empreinte`],
      [counts.contents, `${c(counts.contents, 'contenu', 'contenus')} de ceux-ci qui la citent : effacés`],
      [counts.reports, `${c(counts.reports, 'rapport', 'rapports')} qui la citent : contenu effacé, adresse remplacée`],
      [counts.records, `${c(counts.records, 'autre enregistrement', 'autres enregistrements')} : adresse remplacée`],
      [counts.held, `${c(counts.held, 'élément', 'éléments')} sous conservation légale : inchangés`],
      [
        counts.remaining,
        `${c(counts.remaining, 'contenu', 'contenus')} encore à envoyer à d’autres : effacés par le premier nettoyage ensuite`,
      ],
      [counts.sent, `${messages(counts.sent)} envoyés par cette adresse : inchangés`],
    ]);
  return {
    lead: 'Chaque nuit, ce qui est assez ancien est effacé. Jamais un message encore en file d’attente, ni ce qui est sous conservation légale.',
    next: 'Prochain passage',
    kept: {
      title: 'Durées de conservation',
      mail: 'Messages',
      content: 'Contenu',
      records: 'Fiche',
      rest: 'Tous les autres messages',
      all: 'Tous les messages',
      matches: {
        account: 'Compte',
        template: 'Modèle',
        class: 'Classe',
        documentType: 'Type de document',
        administration: 'Administration',
        stream: 'Série',
        tag: 'Étiquette',
        sender: 'Expéditeur',
      },
      or: 'ou',
      others: 'Ce qui n’est pas un message',
      feed: 'Flux des changements',
      reports: 'Rapports, envois de signaux',
      audit: 'Journal d’audit',
      forever: 'sans limite',
      patience: (time) => `Ce qui est échu attend jusqu’à ${time} de plus un lecteur du flux qui est en retard.`,
      where: 'Se règle dans la configuration, sous retention.',
    },
    run: {
      title: 'Nettoyer maintenant',
      lead: 'Voyez d’abord ce qu’un passage prendrait.',
      count: 'Compter ce qui partirait',
      countAgain: 'Compter à nouveau',
      counting: 'Comptage en cours …',
      counted: 'Compté',
      would: (counts, size) => taken(counts, size),
      nothing: 'Rien n’est assez ancien.',
      stays: (counts) =>
        some([
          [counts.keptPending, `${messages(counts.keptPending)} encore en file d’attente`],
          [counts.keptHeld, `${messages(counts.keptHeld)} sous conservation légale`],
          [counts.keptUnread, `${messages(counts.keptUnread)} qu’un lecteur du flux n’a pas encore lus`],
        ]),
      byClass: 'Assez anciens, et gardés :',
      now: (contents, records) => both('Effacer', ' et ', '', [contents, 'contenu', 'contenus'], [records, 'fiche', 'fiches']),
      final: 'Ce qui est effacé ne peut pas être récupéré.',
      running: (by) => (by === null ? 'Le passage de nuit est en cours, depuis' : `Un passage demandé par ${by} est en cours, depuis`),
      soFar: (counts, size) => taken(counts, size),
      refresh: 'Voir où il en est',
    },
    runs: {
      title: 'Derniers passages',
      none: 'Aucun encore.',
      bySchedule: 'planifié',
      by: (name) => `par ${name}`,
      took: 'durée',
      nothing: 'rien n’était assez ancien',
      failed: 'Terminé trop tôt :',
    },
    holds: {
      title: 'Conservations légales',
      lead: 'Ce qui est sous conservation n’est effacé par personne, tant qu’elle n’est pas levée.',
      none: 'Il n’y en a pas.',
      message: 'Un message',
      filter: (text) => `Tous les messages avec ${text}`,
      fields: { domain: 'domaine', contact: 'contact', messageId: 'Message-ID', from: 'du', to: 'jusqu’au' },
      since: (by) => (by === null ? 'posée' : `posée par ${by}`),
      lift: 'Lever',
      more: (n) => `et ${n.toLocaleString('fr')} de plus : relais legal-hold list`,
      add: 'Poser une conservation',
      name: 'Nom',
      nameHint: 'Lettres, chiffres et . _ - comme affaire-114',
      badName: 'Un nom de lettres, chiffres et . _ @ + -, commençant par une lettre ou un chiffre.',
      recipient: 'Destinataire',
      document: 'Document',
      domain: 'Domaine d’un destinataire',
      oneOf: 'Indiquez au moins un destinataire, un document ou un domaine.',
      badAddress: 'Ce n’est pas une adresse électronique.',
      reason: 'Pourquoi',
      noReason: 'Dites pourquoi : une affaire, une demande.',
      submit: 'Conserver',
    },
    person: {
      title: 'Une personne demande l’oubli',
      lead: 'Les messages à sa seule adresse sont effacés. Partout ailleurs l’adresse est remplacée par une empreinte.',
      address: 'Son adresse',
      look: 'Voir ce qui existe',
      noAddress: 'Ce n’est pas une adresse électronique.',
      wouldTitle: (address) => `Ce qui est gardé de ${address}`,
      would: person,
      nothing: 'Rien n’est gardé de cette adresse.',
      pending: (n) => `${messages(n)} encore en file d’attente pour cette adresse`,
      force: 'Annuler ce qui est encore en file d’attente pour cette adresse',
      erase: 'Effacer',
      done: 'Effacé. Ce qui a été fait :',
      did: person,
      underWay: 'Un effacement est en cours. Son certificat apparaîtra ici.',
      busy: 'Un autre effacement est en cours : réessayez quand il sera terminé.',
      failed: (why) => `Le dernier effacement s’est terminé trop tôt : ${why}. Recommencez : ce qui est fait est fait.`,
      certificates: 'Certificats',
      backups: 'Les sauvegardes antérieures contiennent encore les données.',
      unfinished: (n) => `${c(n, 'contenu', 'contenus')} à effacer encore`,
    },
  };
}

function nl(): CleanUpWords {
  const c = counter('nl', (n) => n === 1);
  const both = joined(c);
  const messages = (n: number) => c(n, 'bericht', 'berichten');
  const taken: Sentences<CleanupCounts> = (counts, size) =>
    some([
      [counts.contents, `de inhoud van ${messages(counts.contents)} (${size(counts.octets)})`],
      [counts.records, c(counts.records, 'vermelding van een bericht', 'vermeldingen van berichten')],
      [counts.reports, c(counts.reports, 'rapport', 'rapporten')],
      [counts.deliveries, c(counts.deliveries, 'verzending van een signaal', 'verzendingen van signalen')],
      [counts.events, c(counts.events, 'gebeurtenis van de wijzigingenstroom', 'gebeurtenissen van de wijzigingenstroom')],
      [counts.audits, c(counts.audits, 'regel van het auditlogboek', 'regels van het auditlogboek')],
    ]);
  const person: Sentences<SubjectErasureCounts> = (counts) =>
    some([
      [counts.erased, `${messages(counts.erased)} aan dit adres alleen: gewist, vermelding en inhoud`],
      [counts.rewritten, `${messages(counts.rewritten)} die blijven: het adres wordt door een hash vervangen`],
      [counts.contents, `${c(counts.contents, 'inhoud', 'inhouden')} daarvan die het noemen: gewist`],
      [counts.reports, `${c(counts.reports, 'rapport', 'rapporten')} die het noemen: inhoud gewist, adres vervangen`],
      [counts.records, `${c(counts.records, 'ander gegeven', 'andere gegevens')}: adres vervangen`],
      [counts.held, `${c(counts.held, 'onderdeel', 'onderdelen')} onder juridische bewaring: ongewijzigd`],
      [
        counts.remaining,
        `${c(counts.remaining, 'inhoud', 'inhouden')} nog te verzenden aan anderen: gewist bij de eerste opruiming daarna`,
      ],
      [counts.sent, `${messages(counts.sent)} door dit adres verzonden: ongewijzigd`],
    ]);
  return {
    lead: 'Elke nacht wordt gewist wat oud genoeg is. Nooit wat nog in de wachtrij staat, of onder juridische bewaring valt.',
    next: 'Volgende keer',
    kept: {
      title: 'Hoe lang iets bewaard wordt',
      mail: 'Berichten',
      content: 'Inhoud',
      records: 'Vermelding',
      rest: 'Alle andere berichten',
      all: 'Alle berichten',
      matches: {
        account: 'Account',
        template: 'Sjabloon',
        class: 'Klasse',
        documentType: 'Documentsoort',
        administration: 'Administratie',
        stream: 'Reeks',
        tag: 'Label',
        sender: 'Afzender',
      },
      or: 'of',
      others: 'Wat geen bericht is',
      feed: 'Wijzigingenstroom',
      reports: 'Rapporten, verzendingen van signalen',
      audit: 'Auditlogboek',
      forever: 'voor altijd',
      patience: (time) => `Wat aan de beurt is wacht tot ${time} langer op een lezer van de wijzigingenstroom die achterloopt.`,
      where: 'In te stellen in de configuratie, onder retention.',
    },
    run: {
      title: 'Nu opruimen',
      lead: 'Kijk eerst wat er zou verdwijnen.',
      count: 'Tellen wat zou verdwijnen',
      countAgain: 'Opnieuw tellen',
      counting: 'Er wordt geteld …',
      counted: 'Geteld',
      would: (counts, size) => taken(counts, size),
      nothing: 'Niets is oud genoeg.',
      stays: (counts) =>
        some([
          [counts.keptPending, `${messages(counts.keptPending)} nog in de wachtrij`],
          [counts.keptHeld, `${messages(counts.keptHeld)} onder juridische bewaring`],
          [counts.keptUnread, `${messages(counts.keptUnread)} die een lezer van de wijzigingenstroom nog moet lezen`],
        ]),
      byClass: 'Oud genoeg, en bewaard:',
      now: (contents, records) => both('', ' en ', 'wissen', [contents, 'inhoud', 'inhouden'], [records, 'vermelding', 'vermeldingen']),
      final: 'Wat gewist is komt niet terug.',
      running: (by) => (by === null ? 'De nachtelijke opruiming loopt, sinds' : `Een opruiming op verzoek van ${by} loopt, sinds`),
      soFar: (counts, size) => taken(counts, size),
      refresh: 'Tonen hoe ver het is',
    },
    runs: {
      title: 'Laatste keren',
      none: 'Nog geen.',
      bySchedule: 'volgens schema',
      by: (name) => `door ${name}`,
      took: 'duurde',
      nothing: 'niets was oud genoeg',
      failed: 'Te vroeg gestopt:',
    },
    holds: {
      title: 'Juridische bewaringen',
      lead: 'Wat onder bewaring valt wist niemand, tot de bewaring is opgeheven.',
      none: 'Er zijn er geen.',
      message: 'Eén bericht',
      filter: (text) => `Alle berichten met ${text}`,
      fields: { domain: 'domein', contact: 'contact', messageId: 'Message-ID', from: 'vanaf', to: 'tot' },
      since: (by) => (by === null ? 'ingesteld' : `ingesteld door ${by}`),
      lift: 'Opheffen',
      more: (n) => `en nog ${n.toLocaleString('nl')}: relais legal-hold list`,
      add: 'Bewaring instellen',
      name: 'Naam',
      nameHint: 'Letters, cijfers en . _ - zoals zaak-114',
      badName: 'Een naam van letters, cijfers en . _ @ + -, te beginnen met een letter of cijfer.',
      recipient: 'Ontvanger',
      document: 'Document',
      domain: 'Domein van een ontvanger',
      oneOf: 'Geef ten minste een ontvanger, een document of een domein.',
      badAddress: 'Dit is geen mailadres.',
      reason: 'Waarom',
      noReason: 'Zeg waarom: een zaak, een verzoek.',
      submit: 'Bewaren',
    },
    person: {
      title: 'Iemand wil vergeten worden',
      lead: 'Berichten aan dit adres alleen worden gewist. In al het andere wordt het adres door een hash vervangen.',
      address: 'Het adres',
      look: 'Kijken wat er is',
      noAddress: 'Dit is geen mailadres.',
      wouldTitle: (address) => `Wat van ${address} bewaard is`,
      would: person,
      nothing: 'Van dit adres is niets bewaard.',
      pending: (n) => `${messages(n)} nog in de wachtrij voor dit adres`,
      force: 'Annuleren wat voor dit adres nog in de wachtrij staat',
      erase: 'Wissen',
      done: 'Gewist. Wat er gedaan is:',
      did: person,
      underWay: 'Er wordt gewist. Het certificaat staat hier zodra het klaar is.',
      busy: 'Er wordt al gewist: probeer het opnieuw als dat klaar is.',
      failed: (why) => `Het wissen is te vroeg gestopt: ${why}. Begin opnieuw: wat gedaan is, is gedaan.`,
      certificates: 'Certificaten',
      backups: 'Eerdere back-ups bevatten de gegevens nog.',
      unfinished: (n) => `nog ${c(n, 'inhoud', 'inhouden')} te wissen`,
    },
  };
}

function de(): CleanUpWords {
  const c = counter('de', (n) => n === 1);
  const both = joined(c);
  const messages = (n: number) => c(n, 'Nachricht', 'Nachrichten');
  const taken: Sentences<CleanupCounts> = (counts, size) =>
    some([
      [counts.contents, `der Inhalt von ${messages(counts.contents)} (${size(counts.octets)})`],
      [counts.records, c(counts.records, 'Eintrag einer Nachricht', 'Einträge von Nachrichten')],
      [counts.reports, c(counts.reports, 'Bericht', 'Berichte')],
      [counts.deliveries, c(counts.deliveries, 'Zustellung eines Signals', 'Zustellungen von Signalen')],
      [counts.events, c(counts.events, 'Ereignis des Änderungsstroms', 'Ereignisse des Änderungsstroms')],
      [counts.audits, c(counts.audits, 'Eintrag des Audit-Protokolls', 'Einträge des Audit-Protokolls')],
    ]);
  const person: Sentences<SubjectErasureCounts> = (counts) =>
    some([
      [counts.erased, `${messages(counts.erased)} an diese Adresse allein: gelöscht, Eintrag und Inhalt`],
      [counts.rewritten, `${messages(counts.rewritten)}, die bleiben: die Adresse wird durch einen Hash ersetzt`],
      [counts.contents, `${c(counts.contents, 'Inhalt', 'Inhalte')} davon, in denen sie steht: gelöscht`],
      [counts.reports, `${c(counts.reports, 'Bericht', 'Berichte')}, in denen sie steht: Inhalt gelöscht, Adresse ersetzt`],
      [counts.records, `${c(counts.records, 'anderer Eintrag', 'andere Einträge')}: Adresse ersetzt`],
      [counts.held, `${c(counts.held, 'Eintrag', 'Einträge')} unter Aufbewahrungssperre: unverändert`],
      [counts.remaining, `${c(counts.remaining, 'Inhalt', 'Inhalte')} noch an andere zu senden: beim ersten Aufräumen danach gelöscht`],
      [counts.sent, `${messages(counts.sent)} von dieser Adresse gesendet: unverändert`],
    ]);
  return {
    lead: 'Jede Nacht wird gelöscht, was alt genug ist. Nie, was noch in der Warteschlange ist oder unter einer Aufbewahrungssperre liegt.',
    next: 'Nächster Lauf',
    kept: {
      title: 'Wie lange etwas aufbewahrt wird',
      mail: 'Nachrichten',
      content: 'Inhalt',
      records: 'Eintrag',
      rest: 'Alle anderen Nachrichten',
      all: 'Alle Nachrichten',
      matches: {
        account: 'Konto',
        template: 'Vorlage',
        class: 'Klasse',
        documentType: 'Belegart',
        administration: 'Mandant',
        stream: 'Reihe',
        tag: 'Schlagwort',
        sender: 'Absender',
      },
      or: 'oder',
      others: 'Was keine Nachricht ist',
      feed: 'Änderungsstrom',
      reports: 'Berichte, Zustellungen von Signalen',
      audit: 'Audit-Protokoll',
      forever: 'unbegrenzt',
      patience: (time) => `Was fällig ist, wartet bis zu ${time} länger auf einen Leser des Änderungsstroms, der zurückliegt.`,
      where: 'In der Konfiguration einzustellen, unter retention.',
    },
    run: {
      title: 'Jetzt aufräumen',
      lead: 'Zuerst sehen, was ein Lauf löschen würde.',
      count: 'Zählen, was gelöscht würde',
      countAgain: 'Neu zählen',
      counting: 'Es wird gezählt …',
      counted: 'Gezählt',
      would: (counts, size) => taken(counts, size),
      nothing: 'Nichts ist alt genug.',
      stays: (counts) =>
        some([
          [counts.keptPending, `${messages(counts.keptPending)} noch in der Warteschlange`],
          [counts.keptHeld, `${messages(counts.keptHeld)} unter Aufbewahrungssperre`],
          [counts.keptUnread, `${messages(counts.keptUnread)}, von denen ein Leser des Änderungsstroms noch lesen muss`],
        ]),
      byClass: 'Alt genug, und aufbewahrt:',
      now: (contents, records) => both('', ' und ', 'löschen', [contents, 'Inhalt', 'Inhalte'], [records, 'Eintrag', 'Einträge']),
      final: 'Was gelöscht ist, kommt nicht zurück.',
      running: (by) => (by === null ? 'Der nächtliche Lauf ist unterwegs, seit' : `Ein Lauf auf Wunsch von ${by} ist unterwegs, seit`),
      soFar: (counts, size) => taken(counts, size),
      refresh: 'Zeigen, wie weit er ist',
    },
    runs: {
      title: 'Letzte Läufe',
      none: 'Noch keine.',
      bySchedule: 'nach Plan',
      by: (name) => `von ${name}`,
      took: 'Dauer',
      nothing: 'nichts war alt genug',
      failed: 'Vorzeitig beendet:',
    },
    holds: {
      title: 'Aufbewahrungssperren',
      lead: 'Was unter einer Sperre liegt, löscht niemand, bis sie aufgehoben ist.',
      none: 'Es gibt keine.',
      message: 'Eine Nachricht',
      filter: (text) => `Alle Nachrichten mit ${text}`,
      fields: { domain: 'Domain', contact: 'Kontakt', messageId: 'Message-ID', from: 'von', to: 'bis' },
      since: (by) => (by === null ? 'gesetzt' : `gesetzt von ${by}`),
      lift: 'Aufheben',
      more: (n) => `und ${n.toLocaleString('de')} weitere: relais legal-hold list`,
      add: 'Sperre setzen',
      name: 'Name',
      nameHint: 'Buchstaben, Ziffern und . _ - wie fall-114',
      badName: 'Ein Name aus Buchstaben, Ziffern und . _ @ + -, am Anfang ein Buchstabe oder eine Ziffer.',
      recipient: 'Empfänger',
      document: 'Beleg',
      domain: 'Domain eines Empfängers',
      oneOf: 'Mindestens Empfänger, Beleg oder Domain angeben.',
      badAddress: 'Das ist keine Mailadresse.',
      reason: 'Warum',
      noReason: 'Den Grund nennen: ein Fall, ein Verlangen.',
      submit: 'Sperren',
    },
    person: {
      title: 'Jemand will vergessen werden',
      lead: 'Nachrichten an diese Adresse allein werden gelöscht. In allem anderen wird die Adresse durch einen Hash ersetzt.',
      address: 'Die Adresse',
      look: 'Sehen, was da ist',
      noAddress: 'Das ist keine Mailadresse.',
      wouldTitle: (address) => `Was von ${address} aufbewahrt ist`,
      would: person,
      nothing: 'Von dieser Adresse ist nichts aufbewahrt.',
      pending: (n) => `${messages(n)} noch in der Warteschlange für diese Adresse`,
      force: 'Abbrechen, was für diese Adresse noch in der Warteschlange ist',
      erase: 'Löschen',
      done: 'Gelöscht. Was getan wurde:',
      did: person,
      underWay: 'Eine Löschung ist unterwegs. Ihr Zertifikat steht hier, wenn sie fertig ist.',
      busy: 'Eine andere Löschung ist unterwegs: danach noch einmal versuchen.',
      failed: (why) => `Die letzte Löschung endete vorzeitig: ${why}. Noch einmal beginnen: was getan ist, ist getan.`,
      certificates: 'Zertifikate',
      backups: 'Frühere Sicherungen enthalten die Daten noch.',
      unfinished: (n) => `${c(n, 'Inhalt', 'Inhalte')} noch zu löschen`,
    },
  };
}

export const CLEAN_UP_WORDS: {
  readonly en: CleanUpWords;
  readonly fr: CleanUpWords;
  readonly nl: CleanUpWords;
  readonly de: CleanUpWords;
} = {
  en: en(),
  fr: fr(),
  nl: nl(),
  de: de(),
};
