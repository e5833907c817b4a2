/** The words of the pages of signals: what rules found, who was told of it, the rules as they run and tried on the past. */
import type { SignalReason } from '../../../domain/ports.ts';
import type { SignalClosing, SignalState } from '../../../domain/signal.ts';
import type { SignalFilterName, SignalGroupKey } from '../../../domain/signal-rule.ts';
import { counter } from './grammar.ts';

type RuleKey = 'on' | 'where' | 'after' | 'threshold' | 'expect' | 'group' | 'quiet' | 'digest' | 'repeat' | 'escalate' | 'notify';

export interface SignalWords {
  readonly title: string;
  readonly lead: string;
  readonly tabs: { readonly open: string; readonly closed: string; readonly rules: string };
  readonly states: Readonly<Record<SignalState, string>>;
  readonly none: string;
  readonly noneLead: string;
  readonly noneClosed: string;
  readonly noneClosedLead: string;
  readonly ofRule: (rule: string) => string;
  readonly allRules: string;
  readonly since: string;
  readonly last: string;
  readonly told: (n: number) => string;
  readonly notTold: string;
  readonly progress: (resolved: number, all: number) => string;
  readonly acknowledge: string;
  readonly note: string;
  readonly noteHint: string;
  readonly acknowledgedBy: (name: string | null) => string;
  readonly close: string;
  readonly closeHint: string;
  readonly closings: Readonly<Record<SignalClosing, string>>;
  readonly closedBy: (name: string) => string;
  readonly escalated: string;
  readonly facts: {
    readonly title: string;
    readonly rule: string;
    readonly events: string;
    readonly opened: string;
    readonly last: string;
    readonly told: string;
    readonly over: string;
  };
  readonly causes: Readonly<
    Record<Exclude<SignalGroupKey, 'cause'> | 'mailbox' | 'channel' | 'event' | 'share' | 'expected' | 'day', string>
  >;
  readonly messages: string;
  readonly noMessages: string;
  readonly erased: string;
  readonly deliveries: {
    readonly title: string;
    readonly none: string;
    readonly older: string;
    readonly of: (rule: string) => string;
    readonly to: string;
    readonly why: string;
    readonly state: string;
    readonly attempts: (n: number) => string;
    readonly next: string;
    readonly answer: string;
    readonly again: string;
    readonly onItsWay: string;
    readonly gone: string;
    readonly about: string;
  };
  readonly reasons: Readonly<Record<SignalReason, string>>;
  readonly deliveryStates: Readonly<Record<'pending' | 'delivered' | 'failed', string>>;
  readonly channelStates: Readonly<Record<'on' | 'failing' | 'off', string>>;
  readonly waiting: (n: number) => string;
  readonly escalation: string;
  readonly rules: {
    readonly lead: string;
    readonly none: string;
    readonly noneLead: string;
    readonly keys: Readonly<Record<RuleKey, string>>;
    readonly filters: Readonly<Record<SignalFilterName, string>>;
    readonly causeKey: string;
    readonly each: string;
    readonly together: string;
    readonly pageAlone: string;
    readonly count: (n: number, time: string) => string;
    readonly share: (share: string, least: number, time: string) => string;
    readonly inRun: string;
    readonly expectMail: (least: number, from: string, to: string, days: string) => string;
    readonly expectRun: (time: string) => string;
    readonly hours: (from: string, to: string) => string;
    readonly daily: (at: string) => string;
    readonly weekly: (day: string, at: string) => string;
    readonly open: (n: number) => string;
    readonly test: string;
    readonly tested: (n: number) => string;
    readonly deliveries: string;
  };
  readonly trial: {
    readonly title: string;
    readonly lead: string;
    readonly rule: string;
    readonly days: string;
    readonly lastDays: (n: number) => string;
    readonly submit: string;
    readonly own: string;
    readonly ownHint: string;
    readonly submitOwn: string;
    readonly result: (fired: number, days: number) => string;
    readonly never: (days: number) => string;
    readonly opened: (signals: number, events: number) => string;
    readonly partly: (from: string, to: string) => string;
    readonly byDay: string;
    readonly latest: string;
    readonly noRule: string;
  };
}

const one = (n: number): boolean => n === 1;
const en2 = counter('en', one);
const fr2 = counter('fr', (n) => n < 2);
const nl2 = counter('nl', one);
const de2 = counter('de', one);

const en: SignalWords = {
  title: 'Signals',
  lead: 'What the rules found that somebody should know: one line a cause, open until it went through, works again, or somebody closes it.',
  tabs: { open: 'Open', closed: 'Over', rules: 'Rules' },
  states: { open: 'Open', acknowledged: 'In hand', closed: 'Over' },
  none: 'Nothing is open',
  noneLead: 'When a rule finds something it stands here, whether or not anybody is told over a channel.',
  noneClosed: 'Nothing was closed lately',
  noneClosedLead: 'Signals that are over stay here for a while.',
  ofRule: (rule) => `Of the rule “${rule}”`,
  allRules: 'of all rules',
  since: 'since',
  last: 'last',
  told: (n) => `told ${en2(n, 'time', 'times')}`,
  notTold: 'nobody told yet',
  progress: (resolved, all) => `${resolved.toLocaleString('en')} of ${all.toLocaleString('en')} went through since`,
  acknowledge: 'I take care of it',
  note: 'Note',
  noteHint: 'For the others, such as: I call them.',
  acknowledgedBy: (name) => (name === null ? 'In hand' : `In hand: ${name}`),
  close: 'Close',
  closeHint: 'More of the same opens a new one.',
  closings: {
    resolved: 'All of it went through since',
    recovered: 'It works again',
    quiet: 'Nothing of the kind for long',
    person: 'Closed by hand',
  },
  closedBy: (name) => `Closed by ${name}`,
  escalated: 'escalated',
  facts: { title: 'Signal', rule: 'Rule', events: 'Events', opened: 'Since', last: 'Last event', told: 'Last told', over: 'Over since' },
  causes: {
    domain: 'Domain',
    category: 'Category',
    nextHop: 'Next hop',
    account: 'Account',
    template: 'Template',
    documentType: 'Type of document',
    document: 'Document',
    sender: 'Sender',
    message: 'Message',
    run: 'Run',
    mailbox: 'Mailbox',
    channel: 'Channel',
    event: 'Event',
    share: 'Share',
    expected: 'Expected',
    day: 'Day',
  },
  messages: 'The first messages and the last',
  noMessages: 'It is about no message.',
  erased: 'A message that was erased since',
  deliveries: {
    title: 'Who was told',
    none: 'Nothing was sent.',
    older: 'All deliveries of the rule',
    of: (rule) => `Deliveries of “${rule}”`,
    to: 'To',
    why: 'Why',
    state: 'State',
    attempts: (n) => en2(n, 'attempt', 'attempts'),
    next: 'next',
    answer: 'Last answer',
    again: 'Send again',
    onItsWay: 'It is on its way again.',
    gone: 'channel removed',
    about: 'the signal',
  },
  reasons: {
    event: 'event',
    raised: 'found',
    grown: 'more of it',
    repeated: 'still open',
    escalated: 'escalated',
    digest: 'summary',
    closed: 'over',
    test: 'test',
  },
  deliveryStates: { pending: 'Waiting', delivered: 'Taken', failed: 'Given up' },
  channelStates: { on: 'works', failing: 'fails', off: 'switched off' },
  waiting: (n) => `${n.toLocaleString('en')} waiting`,
  escalation: 'when escalated',
  rules: {
    lead: 'As they stand in the configuration and run. What one would have done lately can be tried without telling anybody.',
    none: 'There are no rules',
    noneLead: 'The configuration has none: nothing raises a signal.',
    keys: {
      on: 'Hears',
      where: 'Where',
      after: 'Still so after',
      threshold: 'From',
      expect: 'Expects',
      group: 'Together by',
      quiet: 'Quiet',
      digest: 'Summary',
      repeat: 'Again every',
      escalate: 'Escalates after',
      notify: 'Tells',
    },
    filters: {
      state: 'state',
      category: 'category',
      template: 'template',
      documentType: 'type of document',
      account: 'account',
      sender: 'sender',
      domain: 'domain',
      tag: 'tag',
      class: 'class',
      confidence: 'confidence',
      source: 'source',
      nextHop: 'next hop',
    },
    causeKey: 'Cause',
    each: 'each event by itself',
    together: 'all of it',
    pageAlone: 'nobody: shown here alone',
    count: (n, time) => `${en2(n, 'event', 'events')} within ${time}`,
    share: (share, least, time) => `more than ${share} of at least ${least.toLocaleString('en')}, within ${time}`,
    inRun: 'a run',
    expectMail: (least, from, to, days) => `at least ${en2(least, 'message', 'messages')} between ${from} and ${to}, ${days}`,
    expectRun: (time) => `all messages of a run, ${time} after its last one`,
    hours: (from, to) => `from ${from} to ${to}`,
    daily: (at) => `daily at ${at}`,
    weekly: (day, at) => `weekly, ${day} at ${at}`,
    open: (n) => `${n.toLocaleString('en')} open`,
    test: 'Send a test',
    tested: (n) => (n === 0 ? 'The rule has no channel to send a test over.' : `${en2(n, 'test is', 'tests are')} on the way.`),
    deliveries: 'Deliveries',
  },
  trial: {
    title: 'Try against the past',
    lead: 'Nothing is told or written.',
    rule: 'Rule',
    days: 'Time',
    lastDays: (n) => `last ${en2(n, 'day', 'days')}`,
    submit: 'Try it',
    own: 'Try a rule of your own',
    ownHint: 'As an entry of signals in the configuration; channels may be left out.',
    submitOwn: 'Try this rule',
    result: (fired, days) => `Would have told ${en2(fired, 'time', 'times')} in the last ${en2(days, 'day', 'days')}`,
    never: (days) => `Would have told nobody in the last ${en2(days, 'day', 'days')}`,
    opened: (signals, events) => `${en2(signals, 'signal', 'signals')}, of ${en2(events, 'event', 'events')} that the rule means.`,
    partly: (from, to) => `There is too much for one look, or less is kept: this is from ${from} to ${to}.`,
    byDay: 'Told a day',
    latest: 'The latest',
    noRule: 'Choose a rule, or write one.',
  },
};

const fr: SignalWords = {
  title: 'Signaux',
  lead: 'Ce que les règles ont trouvé et que quelqu’un devrait savoir : une ligne par cause, ouverte jusqu’à ce que tout soit passé, que cela refonctionne ou que quelqu’un la ferme.',
  tabs: { open: 'Ouverts', closed: 'Terminés', rules: 'Règles' },
  states: { open: 'Ouvert', acknowledged: 'Pris en charge', closed: 'Terminé' },
  none: 'Rien n’est ouvert',
  noneLead: 'Ce qu’une règle trouve figure ici, que quelqu’un soit averti par un canal ou non.',
  noneClosed: 'Rien n’a été fermé récemment',
  noneClosedLead: 'Les signaux terminés restent ici un certain temps.',
  ofRule: (rule) => `De la règle « ${rule} »`,
  allRules: 'de toutes les règles',
  since: 'depuis',
  last: 'dernier',
  told: (n) => `signalé ${fr2(n, 'fois', 'fois')}`,
  notTold: 'personne n’est encore averti',
  progress: (resolved, all) => `${resolved.toLocaleString('fr')} sur ${all.toLocaleString('fr')} passés depuis`,
  acknowledge: 'Je m’en occupe',
  note: 'Note',
  noteHint: 'Pour les autres, par exemple : je les appelle.',
  acknowledgedBy: (name) => (name === null ? 'Pris en charge' : `Pris en charge : ${name}`),
  close: 'Fermer',
  closeHint: 'Un nouvel événement du même genre en ouvrira un autre.',
  closings: {
    resolved: 'Tout est passé depuis',
    recovered: 'Cela refonctionne',
    quiet: 'Rien de tel depuis longtemps',
    person: 'Fermé à la main',
  },
  closedBy: (name) => `Fermé par ${name}`,
  escalated: 'escaladé',
  facts: {
    title: 'Signal',
    rule: 'Règle',
    events: 'Événements',
    opened: 'Depuis',
    last: 'Dernier événement',
    told: 'Dernier avis',
    over: 'Terminé depuis',
  },
  causes: {
    domain: 'Domaine',
    category: 'Catégorie',
    nextHop: 'Prochain serveur',
    account: 'Compte',
    template: 'Modèle',
    documentType: 'Type de document',
    document: 'Document',
    sender: 'Expéditeur',
    message: 'Message',
    run: 'Envoi en série',
    mailbox: 'Boîte',
    channel: 'Canal',
    event: 'Événement',
    share: 'Part',
    expected: 'Attendus',
    day: 'Jour',
  },
  messages: 'Les premiers messages et les derniers',
  noMessages: 'Il ne concerne aucun message.',
  erased: 'Un message effacé depuis',
  deliveries: {
    title: 'Qui a été averti',
    none: 'Rien n’a été envoyé.',
    older: 'Tous les avis de la règle',
    of: (rule) => `Avis de « ${rule} »`,
    to: 'À',
    why: 'Motif',
    state: 'État',
    attempts: (n) => fr2(n, 'essai', 'essais'),
    next: 'prochain',
    answer: 'Dernière réponse',
    again: 'Renvoyer',
    onItsWay: 'L’avis est de nouveau en route.',
    gone: 'canal supprimé',
    about: 'le signal',
  },
  reasons: {
    event: 'événement',
    raised: 'trouvé',
    grown: 'davantage',
    repeated: 'toujours ouvert',
    escalated: 'escaladé',
    digest: 'résumé',
    closed: 'terminé',
    test: 'test',
  },
  deliveryStates: { pending: 'En attente', delivered: 'Accepté', failed: 'Abandonné' },
  channelStates: { on: 'fonctionne', failing: 'échoue', off: 'coupé' },
  waiting: (n) => `${n.toLocaleString('fr')} en attente`,
  escalation: 'en cas d’escalade',
  rules: {
    lead: 'Telles qu’elles figurent dans la configuration et s’appliquent. On peut essayer ce qu’une règle aurait fait récemment sans avertir personne.',
    none: 'Il n’y a pas de règles',
    noneLead: 'La configuration n’en a aucune : rien ne lève de signal.',
    keys: {
      on: 'Écoute',
      where: 'Où',
      after: 'Toujours vrai après',
      threshold: 'À partir de',
      expect: 'Attend',
      group: 'Réunis par',
      quiet: 'Silence',
      digest: 'Résumé',
      repeat: 'Répété toutes les',
      escalate: 'Escalade après',
      notify: 'Avertit',
    },
    filters: {
      state: 'état',
      category: 'catégorie',
      template: 'modèle',
      documentType: 'type de document',
      account: 'compte',
      sender: 'expéditeur',
      domain: 'domaine',
      tag: 'étiquette',
      class: 'classe',
      confidence: 'confiance',
      source: 'source',
      nextHop: 'prochain serveur',
    },
    causeKey: 'Cause',
    each: 'chaque événement à part',
    together: 'tout ensemble',
    pageAlone: 'personne : affiché ici seulement',
    count: (n, time) => `${fr2(n, 'événement', 'événements')} en ${time}`,
    share: (share, least, time) => `plus de ${share} d’au moins ${least.toLocaleString('fr')}, en ${time}`,
    inRun: 'un envoi en série',
    expectMail: (least, from, to, days) => `au moins ${fr2(least, 'message', 'messages')} entre ${from} et ${to}, ${days}`,
    expectRun: (time) => `tous les messages d’un envoi en série, ${time} après le dernier`,
    hours: (from, to) => `de ${from} à ${to}`,
    daily: (at) => `chaque jour à ${at}`,
    weekly: (day, at) => `chaque semaine, ${day} à ${at}`,
    open: (n) => `${n.toLocaleString('fr')} ${n < 2 ? 'ouvert' : 'ouverts'}`,
    test: 'Envoyer un test',
    tested: (n) => (n === 0 ? 'La règle n’a pas de canal pour envoyer un test.' : `${fr2(n, 'test est', 'tests sont')} en route.`),
    deliveries: 'Avis',
  },
  trial: {
    title: 'Essayer sur le passé',
    lead: 'Rien n’est signalé ni écrit.',
    rule: 'Règle',
    days: 'Période',
    lastDays: (n) => (n < 2 ? 'dernier jour' : `${n.toLocaleString('fr')} derniers jours`),
    submit: 'Essayer',
    own: 'Essayer une règle à soi',
    ownHint: 'Comme une entrée de signals dans la configuration ; les canaux peuvent être omis.',
    submitOwn: 'Essayer cette règle',
    result: (fired, days) => `Aurait averti ${fr2(fired, 'fois', 'fois')} en ${fr2(days, 'jour', 'jours')}`,
    never: (days) => `N’aurait averti personne en ${fr2(days, 'jour', 'jours')}`,
    opened: (signals, events) =>
      `${fr2(signals, 'signal', 'signaux')}, pour ${fr2(events, 'événement visé', 'événements visés')} par la règle.`,
    partly: (from, to) => `Il y en a trop pour une fois, ou moins est conservé : ceci va du ${from} au ${to}.`,
    byDay: 'Avis par jour',
    latest: 'Les derniers',
    noRule: 'Choisissez une règle, ou écrivez-en une.',
  },
};

const nl: SignalWords = {
  title: 'Signalen',
  lead: 'Wat de regels vonden en iemand zou moeten weten: één regel per oorzaak, open tot alles is doorgekomen, het weer werkt of iemand het sluit.',
  tabs: { open: 'Open', closed: 'Voorbij', rules: 'Regels' },
  states: { open: 'Open', acknowledged: 'In behandeling', closed: 'Voorbij' },
  none: 'Er staat niets open',
  noneLead: 'Wat een regel vindt staat hier, of er nu iemand via een kanaal bericht krijgt of niet.',
  noneClosed: 'Er is onlangs niets gesloten',
  noneClosedLead: 'Signalen die voorbij zijn blijven hier een tijd staan.',
  ofRule: (rule) => `Van de regel “${rule}”`,
  allRules: 'van alle regels',
  since: 'sinds',
  last: 'laatste',
  told: (n) => `${nl2(n, 'keer', 'keer')} gemeld`,
  notTold: 'nog aan niemand gemeld',
  progress: (resolved, all) => `${resolved.toLocaleString('nl')} van ${all.toLocaleString('nl')} sindsdien doorgekomen`,
  acknowledge: 'Ik pak het op',
  note: 'Notitie',
  noteHint: 'Voor de anderen, zoals: ik bel ze.',
  acknowledgedBy: (name) => (name === null ? 'In behandeling' : `In behandeling: ${name}`),
  close: 'Sluiten',
  closeHint: 'Meer van hetzelfde opent een nieuw signaal.',
  closings: {
    resolved: 'Alles is sindsdien doorgekomen',
    recovered: 'Het werkt weer',
    quiet: 'Lang niets van dien aard',
    person: 'Met de hand gesloten',
  },
  closedBy: (name) => `Gesloten door ${name}`,
  escalated: 'geëscaleerd',
  facts: {
    title: 'Signaal',
    rule: 'Regel',
    events: 'Gebeurtenissen',
    opened: 'Sinds',
    last: 'Laatste gebeurtenis',
    told: 'Laatst gemeld',
    over: 'Voorbij sinds',
  },
  causes: {
    domain: 'Domein',
    category: 'Categorie',
    nextHop: 'Volgende server',
    account: 'Account',
    template: 'Sjabloon',
    documentType: 'Soort document',
    document: 'Document',
    sender: 'Afzender',
    message: 'Bericht',
    run: 'Reeks',
    mailbox: 'Postvak',
    channel: 'Kanaal',
    event: 'Gebeurtenis',
    share: 'Aandeel',
    expected: 'Verwacht',
    day: 'Dag',
  },
  messages: 'De eerste berichten en de laatste',
  noMessages: 'Het gaat over geen bericht.',
  erased: 'Een bericht dat sindsdien is gewist',
  deliveries: {
    title: 'Wie het weet',
    none: 'Er is niets verstuurd.',
    older: 'Alle meldingen van de regel',
    of: (rule) => `Meldingen van “${rule}”`,
    to: 'Aan',
    why: 'Waarom',
    state: 'Toestand',
    attempts: (n) => nl2(n, 'poging', 'pogingen'),
    next: 'volgende',
    answer: 'Laatste antwoord',
    again: 'Opnieuw versturen',
    onItsWay: 'Het is weer onderweg.',
    gone: 'kanaal verwijderd',
    about: 'het signaal',
  },
  reasons: {
    event: 'gebeurtenis',
    raised: 'gevonden',
    grown: 'meer ervan',
    repeated: 'nog open',
    escalated: 'geëscaleerd',
    digest: 'samenvatting',
    closed: 'voorbij',
    test: 'test',
  },
  deliveryStates: { pending: 'Wacht', delivered: 'Aangenomen', failed: 'Opgegeven' },
  channelStates: { on: 'werkt', failing: 'faalt', off: 'uitgeschakeld' },
  waiting: (n) => `${n.toLocaleString('nl')} wachtend`,
  escalation: 'bij escalatie',
  rules: {
    lead: 'Zoals ze in de configuratie staan en werken. Wat een regel onlangs gedaan zou hebben is te proberen zonder dat iemand iets merkt.',
    none: 'Er zijn geen regels',
    noneLead: 'De configuratie heeft er geen: niets geeft een signaal.',
    keys: {
      on: 'Luistert naar',
      where: 'Waar',
      after: 'Nog zo na',
      threshold: 'Vanaf',
      expect: 'Verwacht',
      group: 'Samen per',
      quiet: 'Stil',
      digest: 'Samenvatting',
      repeat: 'Opnieuw elke',
      escalate: 'Escaleert na',
      notify: 'Meldt aan',
    },
    filters: {
      state: 'toestand',
      category: 'categorie',
      template: 'sjabloon',
      documentType: 'soort document',
      account: 'account',
      sender: 'afzender',
      domain: 'domein',
      tag: 'label',
      class: 'klasse',
      confidence: 'zekerheid',
      source: 'bron',
      nextHop: 'volgende server',
    },
    causeKey: 'Oorzaak',
    each: 'elke gebeurtenis apart',
    together: 'alles samen',
    pageAlone: 'niemand: staat alleen hier',
    count: (n, time) => `${nl2(n, 'gebeurtenis', 'gebeurtenissen')} binnen ${time}`,
    share: (share, least, time) => `meer dan ${share} van ten minste ${least.toLocaleString('nl')}, binnen ${time}`,
    inRun: 'een reeks',
    expectMail: (least, from, to, days) => `ten minste ${nl2(least, 'bericht', 'berichten')} tussen ${from} en ${to}, ${days}`,
    expectRun: (time) => `alle berichten van een reeks, ${time} na het laatste`,
    hours: (from, to) => `van ${from} tot ${to}`,
    daily: (at) => `dagelijks om ${at}`,
    weekly: (day, at) => `wekelijks, ${day} om ${at}`,
    open: (n) => `${n.toLocaleString('nl')} open`,
    test: 'Test versturen',
    tested: (n) => (n === 0 ? 'De regel heeft geen kanaal voor een test.' : `${nl2(n, 'test is', 'tests zijn')} onderweg.`),
    deliveries: 'Meldingen',
  },
  trial: {
    title: 'Op het verleden proberen',
    lead: 'Er wordt niets gemeld of geschreven.',
    rule: 'Regel',
    days: 'Tijd',
    lastDays: (n) => (n === 1 ? 'laatste dag' : `laatste ${n.toLocaleString('nl')} dagen`),
    submit: 'Proberen',
    own: 'Een eigen regel proberen',
    ownHint: 'Als regel onder signals in de configuratie; kanalen mogen ontbreken.',
    submitOwn: 'Deze regel proberen',
    result: (fired, days) => `Zou ${nl2(fired, 'keer', 'keer')} gemeld hebben in ${nl2(days, 'dag', 'dagen')}`,
    never: (days) => `Zou in ${nl2(days, 'dag', 'dagen')} niets gemeld hebben`,
    opened: (signals, events) =>
      `${nl2(signals, 'signaal', 'signalen')}, bij ${nl2(events, 'gebeurtenis', 'gebeurtenissen')} die de regel bedoelt.`,
    partly: (from, to) => `Er is te veel voor één keer, of er is minder bewaard: dit is van ${from} tot ${to}.`,
    byDay: 'Meldingen per dag',
    latest: 'De laatste',
    noRule: 'Kies een regel, of schrijf er een.',
  },
};

const de: SignalWords = {
  title: 'Signale',
  lead: 'Was die Regeln fanden und jemand wissen sollte: eine Zeile je Ursache, offen, bis alles durchkam, es wieder geht oder jemand sie schließt.',
  tabs: { open: 'Offen', closed: 'Vorbei', rules: 'Regeln' },
  states: { open: 'Offen', acknowledged: 'In Arbeit', closed: 'Vorbei' },
  none: 'Nichts ist offen',
  noneLead: 'Was eine Regel findet, steht hier, ob jemand über einen Kanal davon erfährt oder nicht.',
  noneClosed: 'In letzter Zeit wurde nichts geschlossen',
  noneClosedLead: 'Signale, die vorbei sind, bleiben hier eine Zeit lang stehen.',
  ofRule: (rule) => `Der Regel „${rule}“`,
  allRules: 'aller Regeln',
  since: 'seit',
  last: 'zuletzt',
  told: (n) => `${de2(n, 'Mal', 'Mal')} gemeldet`,
  notTold: 'noch niemandem gemeldet',
  progress: (resolved, all) => `${resolved.toLocaleString('de')} von ${all.toLocaleString('de')} seither durchgekommen`,
  acknowledge: 'Ich kümmere mich',
  note: 'Notiz',
  noteHint: 'Für die anderen, etwa: Ich rufe dort an.',
  acknowledgedBy: (name) => (name === null ? 'In Arbeit' : `In Arbeit: ${name}`),
  close: 'Schließen',
  closeHint: 'Mehr davon öffnet ein neues Signal.',
  closings: {
    resolved: 'Alles kam seither durch',
    recovered: 'Es geht wieder',
    quiet: 'Lange nichts dergleichen',
    person: 'Von Hand geschlossen',
  },
  closedBy: (name) => `Geschlossen von ${name}`,
  escalated: 'eskaliert',
  facts: {
    title: 'Signal',
    rule: 'Regel',
    events: 'Ereignisse',
    opened: 'Seit',
    last: 'Letztes Ereignis',
    told: 'Zuletzt gemeldet',
    over: 'Vorbei seit',
  },
  causes: {
    domain: 'Domain',
    category: 'Kategorie',
    nextHop: 'Nächster Server',
    account: 'Konto',
    template: 'Vorlage',
    documentType: 'Belegart',
    document: 'Beleg',
    sender: 'Absender',
    message: 'Nachricht',
    run: 'Lauf',
    mailbox: 'Postfach',
    channel: 'Kanal',
    event: 'Ereignis',
    share: 'Anteil',
    expected: 'Erwartet',
    day: 'Tag',
  },
  messages: 'Die ersten Nachrichten und die letzten',
  noMessages: 'Es geht um keine Nachricht.',
  erased: 'Eine Nachricht, die seither gelöscht wurde',
  deliveries: {
    title: 'Wer davon weiß',
    none: 'Nichts wurde gesendet.',
    older: 'Alle Meldungen der Regel',
    of: (rule) => `Meldungen von „${rule}“`,
    to: 'An',
    why: 'Warum',
    state: 'Zustand',
    attempts: (n) => de2(n, 'Versuch', 'Versuche'),
    next: 'nächster',
    answer: 'Letzte Antwort',
    again: 'Erneut senden',
    onItsWay: 'Sie ist wieder unterwegs.',
    gone: 'Kanal entfernt',
    about: 'das Signal',
  },
  reasons: {
    event: 'Ereignis',
    raised: 'gefunden',
    grown: 'mehr davon',
    repeated: 'noch offen',
    escalated: 'eskaliert',
    digest: 'Zusammenfassung',
    closed: 'vorbei',
    test: 'Test',
  },
  deliveryStates: { pending: 'Wartet', delivered: 'Angenommen', failed: 'Aufgegeben' },
  channelStates: { on: 'geht', failing: 'fällt aus', off: 'abgeschaltet' },
  waiting: (n) => `${n.toLocaleString('de')} warten`,
  escalation: 'bei Eskalation',
  rules: {
    lead: 'Wie sie in der Konfiguration stehen und laufen. Was eine zuletzt getan hätte, lässt sich probieren, ohne jemandem etwas zu melden.',
    none: 'Es gibt keine Regeln',
    noneLead: 'Die Konfiguration hat keine: nichts gibt ein Signal.',
    keys: {
      on: 'Hört auf',
      where: 'Wo',
      after: 'Noch so nach',
      threshold: 'Ab',
      expect: 'Erwartet',
      group: 'Zusammen nach',
      quiet: 'Ruhe',
      digest: 'Zusammenfassung',
      repeat: 'Wieder alle',
      escalate: 'Eskaliert nach',
      notify: 'Meldet an',
    },
    filters: {
      state: 'Zustand',
      category: 'Kategorie',
      template: 'Vorlage',
      documentType: 'Belegart',
      account: 'Konto',
      sender: 'Absender',
      domain: 'Domain',
      tag: 'Tag',
      class: 'Klasse',
      confidence: 'Gewissheit',
      source: 'Quelle',
      nextHop: 'nächster Server',
    },
    causeKey: 'Ursache',
    each: 'jedes Ereignis für sich',
    together: 'alles zusammen',
    pageAlone: 'niemanden: steht nur hier',
    count: (n, time) => `${de2(n, 'Ereignis', 'Ereignissen')} innerhalb von ${time}`,
    share: (share, least, time) => `mehr als ${share} von mindestens ${least.toLocaleString('de')}, innerhalb von ${time}`,
    inRun: 'einem Lauf',
    expectMail: (least, from, to, days) => `mindestens ${de2(least, 'Nachricht', 'Nachrichten')} zwischen ${from} und ${to}, ${days}`,
    expectRun: (time) => `alle Nachrichten eines Laufs, ${time} nach seiner letzten`,
    hours: (from, to) => `von ${from} bis ${to}`,
    daily: (at) => `täglich um ${at}`,
    weekly: (day, at) => `wöchentlich, ${day} um ${at}`,
    open: (n) => `${n.toLocaleString('de')} offen`,
    test: 'Test senden',
    tested: (n) => (n === 0 ? 'Die Regel hat keinen Kanal für einen Test.' : `${de2(n, 'Test ist', 'Tests sind')} unterwegs.`),
    deliveries: 'Meldungen',
  },
  trial: {
    title: 'An der Vergangenheit probieren',
    lead: 'Nichts wird gemeldet oder geschrieben.',
    rule: 'Regel',
    days: 'Zeit',
    lastDays: (n) => (n === 1 ? 'letzter Tag' : `letzte ${n.toLocaleString('de')} Tage`),
    submit: 'Probieren',
    own: 'Eine eigene Regel probieren',
    ownHint: 'Wie ein Eintrag von signals in der Konfiguration; Kanäle dürfen fehlen.',
    submitOwn: 'Diese Regel probieren',
    result: (fired, days) => `Hätte in ${de2(days, 'Tag', 'Tagen')} ${de2(fired, 'Mal', 'Mal')} gemeldet`,
    never: (days) => `Hätte in ${de2(days, 'Tag', 'Tagen')} nichts gemeldet`,
    opened: (signals, events) => `${de2(signals, 'Signal', 'Signale')} bei ${de2(events, 'Ereignis', 'Ereignissen')}, die die Regel meint.`,
    partly: (from, to) => `Es ist zu viel für einen Blick, oder weniger ist aufbewahrt: dies ist von ${from} bis ${to}.`,
    byDay: 'Meldungen je Tag',
    latest: 'Die letzten',
    noRule: 'Wählen Sie eine Regel, oder schreiben Sie eine.',
  },
};

export const SIGNAL_WORDS = { en, fr, nl, de };
