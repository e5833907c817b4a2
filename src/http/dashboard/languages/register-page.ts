/** The words of the register's page beside its list: views, columns, export, and acting on many at once. */
import type { BulkAction } from '../bulk.ts';
import type { ColumnName } from '../register-columns.ts';
import { counter } from './grammar.ts';

/** What an action did, or would do, in numbers. */
export interface BulkNumbers {
  /** Messages in which something changes. */
  readonly messages: number;
  readonly recipients: number;
  /** There are more: counting stopped. */
  readonly more: boolean;
}

export interface RegisterPageWords {
  readonly views: string;
  readonly allMail: string;
  readonly byTemplate: string;
  readonly saveView: string;
  readonly viewName: string;
  readonly save: string;
  readonly deleteView: (name: string) => string;
  readonly viewFaults: { readonly noName: string; readonly tooMany: string; readonly noFilter: string };
  readonly columns: string;
  readonly columnNames: Readonly<Record<ColumnName, string>>;
  readonly show: string;
  readonly standardColumns: string;
  readonly exporting: string;
  readonly exportLead: string;
  readonly csv: string;
  readonly csvExcel: string;
  readonly xlsx: string;
  readonly exported: (rows: number, back: string | null) => string;
  readonly exportDone: (rows: number) => string;
  readonly exportFailed: string;
  readonly newRows: string;
  readonly select: (what: string) => string;
  readonly selectPage: string;
  readonly selected: string;
  readonly selectMatching: string;
  readonly allMatching: string;
  readonly clearSelection: string;
  readonly actions: Readonly<Record<BulkAction, string>>;
  readonly bulk: {
    readonly titles: Readonly<Record<BulkAction, string>>;
    readonly nothingSelected: string;
    readonly nothingToDo: string;
    readonly will: Readonly<Record<BulkAction, (n: BulkNumbers) => string>>;
    readonly did: Readonly<Record<BulkAction, (n: BulkNumbers) => string>>;
    readonly unchanged: Readonly<Record<BulkAction, (n: number) => string>>;
    readonly pending: (n: number) => string;
    readonly before: (n: number) => string;
    readonly gone: (n: number) => string;
    readonly failed: (n: number) => string;
    readonly forGood: string;
    readonly confirm: Readonly<Record<BulkAction, string>>;
    readonly back: string;
    readonly done: string;
    readonly working: string;
    readonly goOn: string;
    readonly backToList: string;
  };
  readonly templates: {
    readonly title: string;
    readonly lead: string;
    readonly template: string;
    readonly recipients: string;
    readonly failed: string;
    readonly share: string;
    readonly none: string;
    readonly noneLead: string;
    readonly unnamed: string;
  };
}

const enCount = counter('en', (n) => n === 1);
const enMessages = ({ messages, more }: BulkNumbers): string => `${more ? 'more than ' : ''}${enCount(messages, 'message', 'messages')}`;
const enRecipients = (n: BulkNumbers): string => `${enCount(n.recipients, 'recipient', 'recipients')} in ${enMessages(n)}`;
const enIs = (n: number): string => (n === 1 ? 'is' : 'are');
const enWas = (n: number): string => (n === 1 ? 'was' : 'were');
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const en: RegisterPageWords = {
  views: 'Views',
  allMail: 'All mail',
  byTemplate: 'By template',
  saveView: 'Save view',
  viewName: 'Name of the view',
  save: 'Save',
  deleteView: (name) => `Delete the view ${name}`,
  viewFaults: {
    noName: 'Give the view a name.',
    tooMany: 'That are as many views as can be kept: delete one first.',
    noFilter: 'Filter something first: the view keeps the filters.',
  },
  columns: 'Columns',
  columnNames: {
    recipient: 'Recipient',
    reference: 'Document',
    template: 'Template',
    contact: 'Contact',
    tags: 'Tags',
    account: 'Account',
    sender: 'Sender',
    size: 'Size',
    messageId: 'Message-ID',
    accepted: 'Accepted',
  },
  show: 'Show these',
  standardColumns: 'The usual ones',
  exporting: 'Export',
  exportLead: 'All messages that these filters find, newest first; a row for each recipient.',
  csv: 'CSV',
  csvExcel: 'CSV for Excel (with byte order mark)',
  xlsx: 'Excel (XLSX)',
  exported: (rows, back) => `${rows.toLocaleString('en')} rows${back === null ? '' : `, back to ${back}`}`,
  exportDone: (rows) => `${enCount(rows, 'row', 'rows')} exported`,
  exportFailed: 'The export broke off: what was saved is not all of it. Try again.',
  newRows: 'New messages. Show them',
  select: (what) => `Select ${what}`,
  selectPage: 'Select all on this page',
  selected: 'selected',
  selectMatching: 'Select all that match these filters',
  allMatching: 'All that match these filters are selected',
  clearSelection: 'Clear the selection',
  actions: { retry: 'Try now', hold: 'Hold', release: 'Release', cancel: 'Cancel', resend: 'Send again', delete: 'Delete' },
  bulk: {
    titles: {
      retry: 'Try them now?',
      hold: 'Hold them back?',
      release: 'Release them?',
      cancel: 'Cancel them?',
      resend: 'Send them again?',
      delete: 'Delete them?',
    },
    nothingSelected: 'Select at least one message.',
    nothingToDo: 'There is nothing to do.',
    will: {
      retry: (n) => `${upper(enRecipients(n))} will be tried now.`,
      hold: (n) => `${upper(enRecipients(n))} will be kept back until somebody releases them.`,
      release: (n) => `${upper(enRecipients(n))} will go on.`,
      cancel: (n) => `${upper(enRecipients(n))} will be taken out of the queue and not be sent.`,
      resend: (n) =>
        `${upper(enMessages(n))} will be sent again, to ${enCount(n.recipients, 'recipient', 'recipients')} whom they did not reach.`,
      delete: (n) => `${upper(enMessages(n))} will be erased: what happened to them, and their contents.`,
    },
    did: {
      retry: (n) => `${upper(enRecipients(n))} ${enIs(n.recipients)} tried now.`,
      hold: (n) => `${upper(enRecipients(n))} ${enIs(n.recipients)} kept back until somebody releases them.`,
      release: (n) => `${upper(enRecipients(n))} ${n.recipients === 1 ? 'goes' : 'go'} on.`,
      cancel: (n) => `${upper(enRecipients(n))} ${enWas(n.recipients)} taken out of the queue.`,
      resend: (n) => `${upper(enMessages(n))} ${enWas(n.messages)} sent again, to ${enCount(n.recipients, 'recipient', 'recipients')}.`,
      delete: (n) => `${upper(enMessages(n))} ${enWas(n.messages)} erased.`,
    },
    unchanged: {
      retry: (n) => `In ${enCount(n, 'message', 'messages')} nothing waits: nothing changes there.`,
      hold: (n) => `In ${enCount(n, 'message', 'messages')} nothing waits that could be held: nothing changes there.`,
      release: (n) => `In ${enCount(n, 'message', 'messages')} nothing is held: nothing changes there.`,
      cancel: (n) => `In ${enCount(n, 'message', 'messages')} nothing waits any more: nothing changes there.`,
      resend: (n) => `${enCount(n, 'message', 'messages')} reached everybody, or ${enIs(n)} still under way: left alone.`,
      delete: () => '',
    },
    pending: (n) =>
      `${enCount(n, 'message is', 'messages are')} still in the queue: refused, and kept. Cancel first what is to be deleted.`,
    before: (n) => `${enCount(n, 'message was', 'messages were')} sent again before: left alone.`,
    gone: (n) => `${enCount(n, 'message is', 'messages are')} no longer there.`,
    failed: (n) => `${enCount(n, 'message was', 'messages were')} not taken.`,
    forGood: 'This can not be undone.',
    confirm: {
      retry: 'Try now',
      hold: 'Hold back',
      release: 'Release',
      cancel: 'Cancel them',
      resend: 'Send again',
      delete: 'Delete for good',
    },
    back: 'Back',
    done: 'Done',
    working: 'At work …',
    goOn: 'Go on',
    backToList: 'To the messages',
  },
  templates: {
    title: 'By template',
    lead: 'Recipients of the last 30 days, by the template that the mail was made from. Choose one to see its messages.',
    template: 'Template',
    recipients: 'Recipients',
    failed: 'Failed',
    share: 'Outcome',
    none: 'No mail names a template yet',
    noneLead: 'Mail is filed under the template that its X-Relais-Template field names, or that a rule reads from it.',
    unnamed: '(no template)',
  },
};

const frCount = counter('fr', (n) => n < 2);
const frMessages = ({ messages, more }: BulkNumbers): string => `${more ? 'plus de ' : ''}${frCount(messages, 'message', 'messages')}`;
const frRecipients = (n: BulkNumbers): string => `${frCount(n.recipients, 'destinataire', 'destinataires')} dans ${frMessages(n)}`;

const fr: RegisterPageWords = {
  views: 'Vues',
  allMail: 'Tout le courrier',
  byTemplate: 'Par modèle',
  saveView: 'Garder la vue',
  viewName: 'Nom de la vue',
  save: 'Garder',
  deleteView: (name) => `Supprimer la vue ${name}`,
  viewFaults: {
    noName: 'Donnez un nom à la vue.',
    tooMany: 'Il n’y a plus de place pour une vue : supprimez-en une d’abord.',
    noFilter: 'Filtrez d’abord quelque chose : la vue garde les filtres.',
  },
  columns: 'Colonnes',
  columnNames: {
    recipient: 'Destinataire',
    reference: 'Document',
    template: 'Modèle',
    contact: 'Contact',
    tags: 'Étiquettes',
    account: 'Compte',
    sender: 'Expéditeur',
    size: 'Taille',
    messageId: 'Message-ID',
    accepted: 'Accepté',
  },
  show: 'Afficher celles-ci',
  standardColumns: 'Les habituelles',
  exporting: 'Exporter',
  exportLead: 'Tous les messages que ces filtres trouvent, les plus récents d’abord ; une ligne par destinataire.',
  csv: 'CSV',
  csvExcel: 'CSV pour Excel (avec marque d’ordre des octets)',
  xlsx: 'Excel (XLSX)',
  exported: (rows, back) => `${rows.toLocaleString('fr')} lignes${back === null ? '' : `, jusqu’au ${back}`}`,
  exportDone: (rows) => `${frCount(rows, 'ligne exportée', 'lignes exportées')}`,
  exportFailed: 'L’export s’est interrompu : ce qui est enregistré n’est pas complet. Réessayez.',
  newRows: 'Nouveaux messages. Les afficher',
  select: (what) => `Sélectionner ${what}`,
  selectPage: 'Sélectionner toute la page',
  selected: 'sélectionnés',
  selectMatching: 'Sélectionner tout ce qui correspond à ces filtres',
  allMatching: 'Tout ce qui correspond à ces filtres est sélectionné',
  clearSelection: 'Effacer la sélection',
  actions: { retry: 'Essayer', hold: 'Retenir', release: 'Libérer', cancel: 'Annuler', resend: 'Renvoyer', delete: 'Supprimer' },
  bulk: {
    titles: {
      retry: 'Les essayer maintenant ?',
      hold: 'Les retenir ?',
      release: 'Les libérer ?',
      cancel: 'Les annuler ?',
      resend: 'Les renvoyer ?',
      delete: 'Les supprimer ?',
    },
    nothingSelected: 'Sélectionnez au moins un message.',
    nothingToDo: 'Il n’y a rien à faire.',
    will: {
      retry: (n) => `${upper(frRecipients(n))} : essai immédiat.`,
      hold: (n) => `${upper(frRecipients(n))} : retenus jusqu’à ce que quelqu’un les libère.`,
      release: (n) => `${upper(frRecipients(n))} : libérés, l’envoi continue.`,
      cancel: (n) => `${upper(frRecipients(n))} : retirés de la file d’attente et non envoyés.`,
      resend: (n) =>
        `${upper(frMessages(n))} à renvoyer, à ${frCount(n.recipients, 'destinataire non atteint', 'destinataires non atteints')}.`,
      delete: (n) => `${upper(frMessages(n))} à effacer : ce qui leur est arrivé, et leur contenu.`,
    },
    did: {
      retry: (n) => `${upper(frRecipients(n))} : essai en cours.`,
      hold: (n) => `${upper(frRecipients(n))} : retenus jusqu’à ce que quelqu’un les libère.`,
      release: (n) => `${upper(frRecipients(n))} : libérés.`,
      cancel: (n) => `${upper(frRecipients(n))} : retirés de la file d’attente.`,
      resend: (n) => `${upper(frMessages(n))} : renvoi fait, à ${frCount(n.recipients, 'destinataire', 'destinataires')}.`,
      delete: (n) => `${upper(frMessages(n))} : effacement fait.`,
    },
    unchanged: {
      retry: (n) => `${frCount(n, 'message', 'messages')} : rien n’y attend, rien n’y change.`,
      hold: (n) => `${frCount(n, 'message', 'messages')} : rien à y retenir, rien n’y change.`,
      release: (n) => `${frCount(n, 'message', 'messages')} : rien n’y est retenu, rien n’y change.`,
      cancel: (n) => `${frCount(n, 'message', 'messages')} : plus rien n’y attend, rien n’y change.`,
      resend: (n) => `${frCount(n, 'message a atteint', 'messages ont atteint')} tout le monde, ou en cours d’envoi : rien n’y change.`,
      delete: () => '',
    },
    pending: (n) =>
      `${frCount(n, 'message encore', 'messages encore')} dans la file d’attente : refus, rien n’y change. Annulez d’abord ce qui doit être supprimé.`,
    before: (n) => `${frCount(n, 'message déjà renvoyé', 'messages déjà renvoyés')} : rien n’y change.`,
    gone: (n) => `${frCount(n, 'message n’existe', 'messages n’existent')} plus.`,
    failed: (n) => `${frCount(n, 'message n’a pas été accepté', 'messages n’ont pas été acceptés')}.`,
    forGood: 'C’est irréversible.',
    confirm: {
      retry: 'Essayer maintenant',
      hold: 'Retenir',
      release: 'Libérer',
      cancel: 'Les annuler',
      resend: 'Renvoyer',
      delete: 'Supprimer définitivement',
    },
    back: 'Retour',
    done: 'Terminé',
    working: 'En cours …',
    goOn: 'Continuer',
    backToList: 'Vers les messages',
  },
  templates: {
    title: 'Par modèle',
    lead: 'Destinataires des 30 derniers jours, selon le modèle du courrier. Choisissez-en un pour voir ses messages.',
    template: 'Modèle',
    recipients: 'Destinataires',
    failed: 'Échoués',
    share: 'Issue',
    none: 'Aucun courrier ne nomme encore de modèle',
    noneLead: 'Le courrier est classé selon le modèle que nomme son champ X-Relais-Template, ou qu’une règle y lit.',
    unnamed: '(sans modèle)',
  },
};

const nlCount = counter('nl', (n) => n === 1);
const nlMessages = ({ messages, more }: BulkNumbers): string => `${more ? 'meer dan ' : ''}${nlCount(messages, 'bericht', 'berichten')}`;
const nlRecipients = (n: BulkNumbers): string => `${nlCount(n.recipients, 'ontvanger', 'ontvangers')} in ${nlMessages(n)}`;
const nlVerb = (n: number, one: string, many: string): string => (n === 1 ? one : many);

const nl: RegisterPageWords = {
  views: 'Weergaven',
  allMail: 'Alle mail',
  byTemplate: 'Per sjabloon',
  saveView: 'Weergave bewaren',
  viewName: 'Naam van de weergave',
  save: 'Bewaren',
  deleteView: (name) => `Weergave ${name} verwijderen`,
  viewFaults: {
    noName: 'Geef de weergave een naam.',
    tooMany: 'Meer weergaven kunnen niet bewaard worden: verwijder er eerst een.',
    noFilter: 'Filter eerst iets: de weergave bewaart de filters.',
  },
  columns: 'Kolommen',
  columnNames: {
    recipient: 'Ontvanger',
    reference: 'Document',
    template: 'Sjabloon',
    contact: 'Contact',
    tags: 'Labels',
    account: 'Account',
    sender: 'Afzender',
    size: 'Grootte',
    messageId: 'Message-ID',
    accepted: 'Aangenomen',
  },
  show: 'Deze tonen',
  standardColumns: 'De gewone',
  exporting: 'Exporteren',
  exportLead: 'Alle berichten die deze filters vinden, nieuwste eerst; een regel per ontvanger.',
  csv: 'CSV',
  csvExcel: 'CSV voor Excel (met byte order mark)',
  xlsx: 'Excel (XLSX)',
  exported: (rows, back) => `${rows.toLocaleString('nl')} regels${back === null ? '' : `, terug tot ${back}`}`,
  exportDone: (rows) => `${nlCount(rows, 'regel', 'regels')} geëxporteerd`,
  exportFailed: 'De export brak af: wat bewaard is, is niet alles. Probeer het opnieuw.',
  newRows: 'Nieuwe berichten. Tonen',
  select: (what) => `${what} selecteren`,
  selectPage: 'Hele pagina selecteren',
  selected: 'geselecteerd',
  selectMatching: 'Alles selecteren dat bij deze filters past',
  allMatching: 'Alles wat bij deze filters past is geselecteerd',
  clearSelection: 'Selectie wissen',
  actions: {
    retry: 'Nu proberen',
    hold: 'Vasthouden',
    release: 'Vrijgeven',
    cancel: 'Annuleren',
    resend: 'Opnieuw verzenden',
    delete: 'Verwijderen',
  },
  bulk: {
    titles: {
      retry: 'Nu proberen?',
      hold: 'Vasthouden?',
      release: 'Vrijgeven?',
      cancel: 'Annuleren?',
      resend: 'Opnieuw verzenden?',
      delete: 'Verwijderen?',
    },
    nothingSelected: 'Selecteer minstens één bericht.',
    nothingToDo: 'Er is niets te doen.',
    will: {
      retry: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'wordt', 'worden')} nu geprobeerd.`,
      hold: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'wordt', 'worden')} vastgehouden tot iemand ze vrijgeeft.`,
      release: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'gaat', 'gaan')} verder.`,
      cancel: (n) =>
        `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'gaat', 'gaan')} uit de wachtrij en ${nlVerb(n.recipients, 'wordt', 'worden')} niet verzonden.`,
      resend: (n) =>
        `${upper(nlMessages(n))} ${nlVerb(n.messages, 'wordt', 'worden')} opnieuw verzonden, aan ${nlCount(n.recipients, 'ontvanger', 'ontvangers')} die het niet kregen.`,
      delete: (n) => `${upper(nlMessages(n))} ${nlVerb(n.messages, 'wordt', 'worden')} gewist: wat ermee gebeurde, en de inhoud.`,
    },
    did: {
      retry: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'wordt', 'worden')} nu geprobeerd.`,
      hold: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'wordt', 'worden')} vastgehouden tot iemand ze vrijgeeft.`,
      release: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'gaat', 'gaan')} verder.`,
      cancel: (n) => `${upper(nlRecipients(n))} ${nlVerb(n.recipients, 'is', 'zijn')} uit de wachtrij genomen.`,
      resend: (n) =>
        `${upper(nlMessages(n))} ${nlVerb(n.messages, 'is', 'zijn')} opnieuw verzonden, aan ${nlCount(n.recipients, 'ontvanger', 'ontvangers')}.`,
      delete: (n) => `${upper(nlMessages(n))} ${nlVerb(n.messages, 'is', 'zijn')} gewist.`,
    },
    unchanged: {
      retry: (n) => `In ${nlCount(n, 'bericht', 'berichten')} wacht niets: daar verandert niets.`,
      hold: (n) => `In ${nlCount(n, 'bericht', 'berichten')} wacht niets dat vastgehouden kan worden: daar verandert niets.`,
      release: (n) => `In ${nlCount(n, 'bericht', 'berichten')} wordt niets vastgehouden: daar verandert niets.`,
      cancel: (n) => `In ${nlCount(n, 'bericht', 'berichten')} wacht niets meer: daar verandert niets.`,
      resend: (n) =>
        `${nlCount(n, 'bericht', 'berichten')} ${nlVerb(n, 'bereikte', 'bereikten')} iedereen, of ${nlVerb(n, 'is', 'zijn')} nog onderweg: daar verandert niets.`,
      delete: () => '',
    },
    pending: (n) =>
      `${nlCount(n, 'bericht staat', 'berichten staan')} nog in de wachtrij: geweigerd en bewaard. Annuleer eerst wat verwijderd moet worden.`,
    before: (n) => `${nlCount(n, 'bericht is', 'berichten zijn')} al eerder opnieuw verzonden: daar verandert niets.`,
    gone: (n) => `${nlCount(n, 'bericht is', 'berichten zijn')} er niet meer.`,
    failed: (n) => `${nlCount(n, 'bericht werd', 'berichten werden')} niet aangenomen.`,
    forGood: 'Dit kan niet ongedaan gemaakt worden.',
    confirm: {
      retry: 'Nu proberen',
      hold: 'Vasthouden',
      release: 'Vrijgeven',
      cancel: 'Annuleren',
      resend: 'Opnieuw verzenden',
      delete: 'Definitief verwijderen',
    },
    back: 'Terug',
    done: 'Klaar',
    working: 'Bezig …',
    goOn: 'Verder',
    backToList: 'Naar de berichten',
  },
  templates: {
    title: 'Per sjabloon',
    lead: 'Ontvangers van de laatste 30 dagen, naar het sjabloon waarmee de mail gemaakt is. Kies er een om de berichten te zien.',
    template: 'Sjabloon',
    recipients: 'Ontvangers',
    failed: 'Mislukt',
    share: 'Afloop',
    none: 'Nog geen mail noemt een sjabloon',
    noneLead: 'Mail wordt ingedeeld naar het sjabloon dat het veld X-Relais-Template noemt, of dat een regel eruit leest.',
    unnamed: '(geen sjabloon)',
  },
};

const deCount = counter('de', (n) => n === 1);
const deMessages = ({ messages, more }: BulkNumbers): string =>
  `${more ? 'mehr als ' : ''}${deCount(messages, 'Nachricht', 'Nachrichten')}`;
const deRecipients = (n: BulkNumbers): string => `${deCount(n.recipients, 'Empfänger', 'Empfänger')} in ${deMessages(n)}`;
const deVerb = (n: number, one: string, many: string): string => (n === 1 ? one : many);

const de: RegisterPageWords = {
  views: 'Ansichten',
  allMail: 'Alle Mail',
  byTemplate: 'Nach Vorlage',
  saveView: 'Ansicht speichern',
  viewName: 'Name der Ansicht',
  save: 'Speichern',
  deleteView: (name) => `Ansicht ${name} löschen`,
  viewFaults: {
    noName: 'Geben Sie der Ansicht einen Namen.',
    tooMany: 'Mehr Ansichten lassen sich nicht speichern: Löschen Sie zuerst eine.',
    noFilter: 'Filtern Sie zuerst etwas: Die Ansicht speichert die Filter.',
  },
  columns: 'Spalten',
  columnNames: {
    recipient: 'Empfänger',
    reference: 'Beleg',
    template: 'Vorlage',
    contact: 'Kontakt',
    tags: 'Tags',
    account: 'Konto',
    sender: 'Absender',
    size: 'Größe',
    messageId: 'Message-ID',
    accepted: 'Angenommen',
  },
  show: 'Diese zeigen',
  standardColumns: 'Die üblichen',
  exporting: 'Exportieren',
  exportLead: 'Alle Nachrichten, die diese Filter finden, die neuesten zuerst; je Empfänger eine Zeile.',
  csv: 'CSV',
  csvExcel: 'CSV für Excel (mit Byte Order Mark)',
  xlsx: 'Excel (XLSX)',
  exported: (rows, back) => `${rows.toLocaleString('de')} Zeilen${back === null ? '' : `, zurück bis ${back}`}`,
  exportDone: (rows) => `${deCount(rows, 'Zeile', 'Zeilen')} exportiert`,
  exportFailed: 'Der Export brach ab: Was gespeichert ist, ist nicht alles. Versuchen Sie es erneut.',
  newRows: 'Neue Nachrichten. Zeigen',
  select: (what) => `${what} auswählen`,
  selectPage: 'Ganze Seite auswählen',
  selected: 'ausgewählt',
  selectMatching: 'Alles auswählen, was zu diesen Filtern passt',
  allMatching: 'Alles, was zu diesen Filtern passt, ist ausgewählt',
  clearSelection: 'Auswahl aufheben',
  actions: {
    retry: 'Jetzt versuchen',
    hold: 'Anhalten',
    release: 'Freigeben',
    cancel: 'Abbrechen',
    resend: 'Erneut senden',
    delete: 'Löschen',
  },
  bulk: {
    titles: {
      retry: 'Jetzt versuchen?',
      hold: 'Anhalten?',
      release: 'Freigeben?',
      cancel: 'Versand abbrechen?',
      resend: 'Erneut senden?',
      delete: 'Löschen?',
    },
    nothingSelected: 'Wählen Sie mindestens eine Nachricht aus.',
    nothingToDo: 'Es gibt nichts zu tun.',
    will: {
      retry: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'wird', 'werden')} jetzt versucht.`,
      hold: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'wird', 'werden')} angehalten, bis jemand sie freigibt.`,
      release: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'geht', 'gehen')} weiter.`,
      cancel: (n) =>
        `${upper(deRecipients(n))} ${deVerb(n.recipients, 'wird', 'werden')} aus der Warteschlange genommen und nicht gesendet.`,
      resend: (n) =>
        `${upper(deMessages(n))} ${deVerb(n.messages, 'wird', 'werden')} erneut gesendet, an ${deCount(n.recipients, 'Empfänger', 'Empfänger')}, die sie nicht erreicht haben.`,
      delete: (n) => `${upper(deMessages(n))} ${deVerb(n.messages, 'wird', 'werden')} gelöscht: was damit geschah, und der Inhalt.`,
    },
    did: {
      retry: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'wird', 'werden')} jetzt versucht.`,
      hold: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'ist', 'sind')} angehalten, bis jemand sie freigibt.`,
      release: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'geht', 'gehen')} weiter.`,
      cancel: (n) => `${upper(deRecipients(n))} ${deVerb(n.recipients, 'wurde', 'wurden')} aus der Warteschlange genommen.`,
      resend: (n) =>
        `${upper(deMessages(n))} ${deVerb(n.messages, 'wurde', 'wurden')} erneut gesendet, an ${deCount(n.recipients, 'Empfänger', 'Empfänger')}.`,
      delete: (n) => `${upper(deMessages(n))} ${deVerb(n.messages, 'wurde', 'wurden')} gelöscht.`,
    },
    unchanged: {
      retry: (n) => `In ${deCount(n, 'Nachricht', 'Nachrichten')} wartet nichts: Dort ändert sich nichts.`,
      hold: (n) => `In ${deCount(n, 'Nachricht', 'Nachrichten')} wartet nichts, was sich anhalten ließe: Dort ändert sich nichts.`,
      release: (n) => `In ${deCount(n, 'Nachricht', 'Nachrichten')} ist nichts angehalten: Dort ändert sich nichts.`,
      cancel: (n) => `In ${deCount(n, 'Nachricht', 'Nachrichten')} wartet nichts mehr: Dort ändert sich nichts.`,
      resend: (n) =>
        `${deCount(n, 'Nachricht', 'Nachrichten')} ${deVerb(n, 'hat', 'haben')} alle erreicht oder ${deVerb(n, 'ist', 'sind')} noch unterwegs: Dort ändert sich nichts.`,
      delete: () => '',
    },
    pending: (n) =>
      `${deCount(n, 'Nachricht ist', 'Nachrichten sind')} noch in der Warteschlange: abgelehnt und behalten. Brechen Sie zuerst ab, was gelöscht werden soll.`,
    before: (n) => `${deCount(n, 'Nachricht wurde', 'Nachrichten wurden')} schon einmal erneut gesendet: Dort ändert sich nichts.`,
    gone: (n) => `${deCount(n, 'Nachricht ist', 'Nachrichten sind')} nicht mehr da.`,
    failed: (n) => `${deCount(n, 'Nachricht wurde', 'Nachrichten wurden')} nicht angenommen.`,
    forGood: 'Das lässt sich nicht rückgängig machen.',
    confirm: {
      retry: 'Jetzt versuchen',
      hold: 'Anhalten',
      release: 'Freigeben',
      cancel: 'Versand abbrechen',
      resend: 'Erneut senden',
      delete: 'Endgültig löschen',
    },
    back: 'Zurück',
    done: 'Fertig',
    working: 'Bei der Arbeit …',
    goOn: 'Weiter',
    backToList: 'Zu den Nachrichten',
  },
  templates: {
    title: 'Nach Vorlage',
    lead: 'Empfänger der letzten 30 Tage, nach der Vorlage, aus der die Mail entstand. Wählen Sie eine, um ihre Nachrichten zu sehen.',
    template: 'Vorlage',
    recipients: 'Empfänger',
    failed: 'Gescheitert',
    share: 'Ausgang',
    none: 'Noch nennt keine Mail eine Vorlage',
    noneLead: 'Mail wird nach der Vorlage abgelegt, die ihr Feld X-Relais-Template nennt oder die eine Regel daraus liest.',
    unnamed: '(keine Vorlage)',
  },
};

export const REGISTER_PAGE = { en, fr, nl, de };
