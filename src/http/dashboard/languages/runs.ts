/** The words of the pages of runs. */
import { counter } from './grammar.ts';

export interface RunWords {
  readonly title: string;
  readonly lead: string;
  readonly none: string;
  readonly noneLead: string;
  readonly burst: (template: string) => string;
  readonly columns: {
    readonly run: string;
    readonly received: string;
    readonly transferred: string;
    readonly failed: string;
    readonly waiting: string;
    readonly held: string;
    readonly cancelled: string;
    readonly twice: string;
  };
  readonly of: (received: number, expected: number) => string;
  readonly missing: (n: number) => string;
  readonly complete: string;
  readonly recipients: (n: number) => string;
  readonly heldBadge: string;
  readonly heldBy: (who: string) => string;
  readonly heldByRule: (rule: string) => string;
  readonly releasedBy: (who: string) => string;
  readonly hold: string;
  readonly holdHint: string;
  readonly release: string;
  readonly releaseHint: string;
  readonly messages: string;
  readonly failures: string;
  readonly noFailures: string;
  readonly duplicates: string;
  readonly duplicatesLead: (n: number, identical: number) => string;
  readonly identical: string;
  readonly madeAnew: string;
  readonly earlier: string;
  readonly erased: string;
  readonly facts: {
    readonly title: string;
    readonly account: string;
    readonly template: string;
    readonly started: string;
    readonly last: string;
  };
}

const one = (n: number): boolean => n === 1;
const en2 = counter('en', one);
const fr2 = counter('fr', (n) => n < 2);
const nl2 = counter('nl', one);
const de2 = counter('de', one);

const en: RunWords = {
  title: 'Runs',
  lead: 'Mail that belongs together: it says so with X-Relais-Run, or much of one template came without a pause.',
  none: 'No runs yet',
  noneLead: 'A run is listed with its first message where it has a name, else from twenty messages of one template on.',
  burst: (template) => `Burst of ${template}`,
  columns: {
    run: 'Run',
    received: 'Messages',
    transferred: 'Transferred',
    failed: 'Failed',
    waiting: 'Waiting',
    held: 'Held',
    cancelled: 'Cancelled',
    twice: 'Twice',
  },
  of: (received, expected) => `${received.toLocaleString('en')} of ${expected.toLocaleString('en')}`,
  missing: (n) => `${en2(n, 'message is', 'messages are')} still to come`,
  complete: 'All expected messages came',
  recipients: (n) => en2(n, 'recipient', 'recipients'),
  heldBadge: 'Held',
  heldBy: (who) => `Held by ${who}: what waits, and what still comes.`,
  heldByRule: (rule) => `Held by the rule “${rule}”: what waits, and what still comes.`,
  releasedBy: (who) => `Released by ${who}.`,
  hold: 'Hold the run',
  holdHint: 'What waits is held, and what still comes of it. What was transferred already is not called back.',
  release: 'Release the run',
  releaseHint: 'All that is held of it goes on.',
  messages: 'Its messages',
  failures: 'Failed',
  noFailures: 'None failed.',
  duplicates: 'Came twice',
  duplicatesLead: (n, identical) =>
    `${en2(n, 'recipient', 'recipients')} got a document of this run more than once, ${identical.toLocaleString('en')} of them octet for octet the same.`,
  identical: 'the same',
  madeAnew: 'made anew',
  earlier: 'the earlier one',
  erased: 'A message that was erased since',
  facts: { title: 'Run', account: 'Account', template: 'Template', started: 'First message', last: 'Last message' },
};

const fr: RunWords = {
  title: 'Envois en série',
  lead: 'Le courrier qui va ensemble : il le dit par X-Relais-Run, ou beaucoup d’un même modèle est venu sans pause.',
  none: 'Pas encore d’envoi en série',
  noneLead: 'Un envoi figure dès son premier message s’il a un nom, sinon à partir de vingt messages d’un modèle.',
  burst: (template) => `Série de ${template}`,
  columns: {
    run: 'Envoi',
    received: 'Messages',
    transferred: 'Transmis',
    failed: 'Échecs',
    waiting: 'En attente',
    held: 'Retenus',
    cancelled: 'Annulés',
    twice: 'En double',
  },
  of: (received, expected) => `${received.toLocaleString('fr')} sur ${expected.toLocaleString('fr')}`,
  missing: (n) => `${fr2(n, 'message', 'messages')} encore à venir`,
  complete: 'Tous les messages attendus sont venus',
  recipients: (n) => fr2(n, 'destinataire', 'destinataires'),
  heldBadge: 'Retenu',
  heldBy: (who) => `Retenu par ${who} : ce qui attend, et ce qui viendra.`,
  heldByRule: (rule) => `Retenu par la règle « ${rule} » : ce qui attend, et ce qui viendra.`,
  releasedBy: (who) => `Libéré par ${who}.`,
  hold: 'Retenir l’envoi',
  holdHint: 'Ce qui attend est retenu, et ce qui viendra. Ce qui est déjà transmis ne se rappelle pas.',
  release: 'Libérer l’envoi',
  releaseHint: 'Tout ce qui en est retenu repart.',
  messages: 'Ses messages',
  failures: 'Échecs',
  noFailures: 'Aucun échec.',
  duplicates: 'Venus en double',
  duplicatesLead: (n, identical) =>
    `${fr2(n, 'destinataire a', 'destinataires ont')} reçu un document de cet envoi plus d’une fois, dont ${identical.toLocaleString('fr')} à l’octet près.`,
  identical: 'identique',
  madeAnew: 'refait',
  earlier: 'le précédent',
  erased: 'Un message effacé depuis',
  facts: { title: 'Envoi', account: 'Compte', template: 'Modèle', started: 'Premier message', last: 'Dernier message' },
};

const nl: RunWords = {
  title: 'Reeksen',
  lead: 'Mail die bij elkaar hoort: ze zegt het met X-Relais-Run, of er kwam veel van één sjabloon zonder pauze.',
  none: 'Nog geen reeksen',
  noneLead: 'Een reeks met een naam staat hier vanaf haar eerste bericht, anders vanaf twintig berichten van één sjabloon.',
  burst: (template) => `Reeks van ${template}`,
  columns: {
    run: 'Reeks',
    received: 'Berichten',
    transferred: 'Overgedragen',
    failed: 'Mislukt',
    waiting: 'Wacht',
    held: 'Vastgehouden',
    cancelled: 'Geannuleerd',
    twice: 'Dubbel',
  },
  of: (received, expected) => `${received.toLocaleString('nl')} van ${expected.toLocaleString('nl')}`,
  missing: (n) => `${nl2(n, 'bericht moet', 'berichten moeten')} nog komen`,
  complete: 'Alle verwachte berichten zijn er',
  recipients: (n) => nl2(n, 'ontvanger', 'ontvangers'),
  heldBadge: 'Vastgehouden',
  heldBy: (who) => `Vastgehouden door ${who}: wat wacht, en wat nog komt.`,
  heldByRule: (rule) => `Vastgehouden door de regel “${rule}”: wat wacht, en wat nog komt.`,
  releasedBy: (who) => `Vrijgegeven door ${who}.`,
  hold: 'Reeks vasthouden',
  holdHint: 'Wat wacht wordt vastgehouden, en wat er nog van komt. Wat al is overgedragen komt niet terug.',
  release: 'Reeks vrijgeven',
  releaseHint: 'Alles wat ervan vastgehouden wordt gaat verder.',
  messages: 'Haar berichten',
  failures: 'Mislukt',
  noFailures: 'Niets is mislukt.',
  duplicates: 'Dubbel gekomen',
  duplicatesLead: (n, identical) =>
    `${nl2(n, 'ontvanger kreeg', 'ontvangers kregen')} een document van deze reeks meer dan eens, waarvan ${identical.toLocaleString('nl')} tot op het octet gelijk.`,
  identical: 'gelijk',
  madeAnew: 'opnieuw gemaakt',
  earlier: 'het eerdere',
  erased: 'Een bericht dat sindsdien is gewist',
  facts: { title: 'Reeks', account: 'Account', template: 'Sjabloon', started: 'Eerste bericht', last: 'Laatste bericht' },
};

const de: RunWords = {
  title: 'Läufe',
  lead: 'Mail, die zusammengehört: Sie sagt es mit X-Relais-Run, oder viel von einer Vorlage kam ohne Pause.',
  none: 'Noch keine Läufe',
  noneLead: 'Ein Lauf mit Namen steht hier ab seiner ersten Nachricht, sonst ab zwanzig Nachrichten einer Vorlage.',
  burst: (template) => `Schub von ${template}`,
  columns: {
    run: 'Lauf',
    received: 'Nachrichten',
    transferred: 'Übergeben',
    failed: 'Fehlgeschlagen',
    waiting: 'Wartet',
    held: 'Zurückgehalten',
    cancelled: 'Abgebrochen',
    twice: 'Doppelt',
  },
  of: (received, expected) => `${received.toLocaleString('de')} von ${expected.toLocaleString('de')}`,
  missing: (n) => `${de2(n, 'Nachricht fehlt', 'Nachrichten fehlen')} noch`,
  complete: 'Alle erwarteten Nachrichten kamen',
  recipients: (n) => de2(n, 'Empfänger', 'Empfänger'),
  heldBadge: 'Zurückgehalten',
  heldBy: (who) => `Zurückgehalten von ${who}: was wartet, und was noch kommt.`,
  heldByRule: (rule) => `Zurückgehalten von der Regel „${rule}“: was wartet, und was noch kommt.`,
  releasedBy: (who) => `Freigegeben von ${who}.`,
  hold: 'Lauf zurückhalten',
  holdHint: 'Was wartet, wird zurückgehalten, und was noch davon kommt. Was schon übergeben ist, kommt nicht zurück.',
  release: 'Lauf freigeben',
  releaseHint: 'Alles, was davon zurückgehalten wird, geht weiter.',
  messages: 'Seine Nachrichten',
  failures: 'Fehlgeschlagen',
  noFailures: 'Nichts schlug fehl.',
  duplicates: 'Doppelt gekommen',
  duplicatesLead: (n, identical) =>
    `${de2(n, 'Empfänger bekam', 'Empfänger bekamen')} einen Beleg dieses Laufs mehr als einmal, davon ${identical.toLocaleString('de')} Oktett für Oktett gleich.`,
  identical: 'gleich',
  madeAnew: 'neu erstellt',
  earlier: 'die frühere',
  erased: 'Eine Nachricht, die seither gelöscht wurde',
  facts: { title: 'Lauf', account: 'Konto', template: 'Vorlage', started: 'Erste Nachricht', last: 'Letzte Nachricht' },
};

export const RUN_WORDS = { en, fr, nl, de };
