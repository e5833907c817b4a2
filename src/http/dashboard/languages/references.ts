/** The words of the page on what mail is about: rules tried and applied, streams and their names. */
import type { ReferenceField, ReferenceSource } from '../../../domain/settings.ts';
import { counter } from './grammar.ts';

export interface ReferenceWords {
  readonly title: string;
  readonly lead: string;
  readonly tabs: { readonly rules: string; readonly streams: string };
  readonly fields: Readonly<Record<ReferenceField, string>>;
  readonly sources: Readonly<Record<ReferenceSource, string>>;
  readonly running: {
    readonly title: string;
    readonly profiles: string;
    readonly rules: (n: number) => string;
    readonly noRules: string;
    readonly upToDate: string;
    readonly behind: (n: number) => string;
  };
  readonly trial: {
    readonly title: string;
    readonly lead: string;
    readonly field: string;
    readonly from: string;
    readonly tag: string;
    readonly header: string;
    readonly path: string;
    readonly pattern: string;
    readonly patternHint: string;
    readonly unless: string;
    readonly value: string;
    readonly valueHint: string;
    readonly newest: string;
    readonly submit: string;
    readonly result: (found: number, all: number) => string;
    readonly none: string;
    readonly noMail: string;
    readonly columns: { readonly message: string; readonly found: string; readonly now: string };
    readonly nothing: string;
    readonly passedOver: string;
    readonly said: string;
    readonly unread: string;
    readonly yaml: string;
  };
  readonly apply: {
    readonly title: string;
    readonly lead: string;
    readonly from: string;
    readonly count: string;
    readonly would: (changed: number, all: number) => string;
    readonly did: (changed: number, all: number) => string;
    readonly unread: (n: number) => string;
    readonly confirm: (n: number) => string;
    readonly goOn: string;
    readonly more: string;
    readonly noDate: string;
  };
  readonly streams: {
    readonly lead: string;
    readonly search: string;
    readonly none: string;
    readonly noneLead: string;
    readonly noSubject: string;
    readonly name: string;
    readonly save: string;
    readonly messages: (n: number) => string;
    readonly last: string;
    readonly example: string;
    readonly show: string;
    readonly more: string;
  };
}

const one = (n: number): boolean => n === 1;
const countEn = counter('en', one);
const countFr = counter('fr', (n) => n < 2);
const countNl = counter('nl', one);
const countDe = counter('de', one);

const en: ReferenceWords = {
  title: 'What mail is about',
  lead: 'Where the ERP does not say it, rules find the document, the contact and the kind of a mail.',
  tabs: { rules: 'Rules', streams: 'Streams' },
  fields: {
    document: 'Document',
    documentType: 'Type of document',
    contact: 'Contact',
    administration: 'Administration',
    template: 'Template',
    tag: 'Tag',
  },
  sources: {
    subject: 'Subject',
    from: 'From',
    messageId: 'Message-ID',
    header: 'Header field',
    attachment: 'File names',
    xml: 'XML documents',
  },
  running: {
    title: 'As they run',
    profiles: 'Profiles',
    rules: (n) => countEn(n, 'rule of your own', 'rules of your own'),
    noRules: 'No rules of your own',
    upToDate: 'Attachments and streams are up to date.',
    behind: (n) => `${countEn(n, 'event', 'events')} still to be read for attachments and streams.`,
  },
  trial: {
    title: 'Try a rule',
    lead: 'On mail that is stored. Nothing is changed; that you looked stands in the audit log.',
    field: 'What it finds',
    from: 'Where it looks',
    tag: 'Name of the tag',
    header: 'Name of the header field',
    path: 'Elements, such as Invoice/ID',
    pattern: 'Regular expression',
    patternHint: 'Syntax of RE2, such as invoice (?<number>\\d{4}-\\d+); empty: all of the text',
    unless: 'Must not be found',
    value: 'Value',
    valueHint: 'Groups in braces, such as {year}/{number}; empty: what the group found',
    newest: 'Newest messages',
    submit: 'Try it',
    result: (found, all) => `Found in ${found.toLocaleString('en')} of ${countEn(all, 'message', 'messages')}`,
    none: 'Not found in any of them.',
    noMail: 'There is no mail to try it on.',
    columns: { message: 'Message', found: 'Found', now: 'Now' },
    nothing: 'nothing',
    passedOver: 'another rule goes before',
    said: 'the ERP says it itself',
    unread: 'content erased',
    yaml: 'For the configuration, under references.rules',
  },
  apply: {
    title: 'Apply to the past',
    lead: 'The rules of the configuration, on mail that is there already. What rules found before changes, or goes; what the ERP said stays.',
    from: 'Mail accepted since',
    count: 'Count',
    would: (changed, all) => `${countEn(changed, 'message', 'messages')} of ${all.toLocaleString('en')} would change.`,
    did: (changed, all) => `${countEn(changed, 'message', 'messages')} of ${all.toLocaleString('en')} changed.`,
    unread: (n) => `${countEn(n, 'message has', 'messages have')} no content any more: what was found in it stays.`,
    confirm: (n) => `Change ${countEn(n, 'message', 'messages')}`,
    goOn: 'Go on',
    more: 'There is more to go over.',
    noDate: 'Give a date.',
  },
  streams: {
    lead: 'Kinds of mail that have no template, told by subject and layout. Given a name, they are found by it as by a template.',
    search: 'Search names and subjects',
    none: 'No streams yet',
    noneLead: 'A stream is listed once three of its messages have come by.',
    noSubject: '(no subject)',
    name: 'Name',
    save: 'Save',
    messages: (n) => countEn(n, 'message', 'messages'),
    last: 'last',
    example: 'Example',
    show: 'Show its mail',
    more: 'More',
  },
};

const fr: ReferenceWords = {
  title: 'Objet des messages',
  lead: 'Là où l’ERP ne le dit pas, des règles trouvent le document, le contact et le genre d’un message.',
  tabs: { rules: 'Règles', streams: 'Flux' },
  fields: {
    document: 'Document',
    documentType: 'Type de document',
    contact: 'Contact',
    administration: 'Administration',
    template: 'Modèle',
    tag: 'Étiquette',
  },
  sources: {
    subject: 'Objet',
    from: 'De',
    messageId: 'Message-ID',
    header: 'Champ d’en-tête',
    attachment: 'Noms de fichiers',
    xml: 'Documents XML',
  },
  running: {
    title: 'En vigueur',
    profiles: 'Profils',
    rules: (n) => countFr(n, 'règle à vous', 'règles à vous'),
    noRules: 'Aucune règle à vous',
    upToDate: 'Pièces jointes et flux sont à jour.',
    behind: (n) => `${countFr(n, 'événement', 'événements')} encore à lire pour les pièces jointes et les flux.`,
  },
  trial: {
    title: 'Essayer une règle',
    lead: 'Sur les messages enregistrés. Rien n’est modifié ; votre consultation figure au journal d’audit.',
    field: 'Ce qu’elle trouve',
    from: 'Où elle cherche',
    tag: 'Nom de l’étiquette',
    header: 'Nom du champ d’en-tête',
    path: 'Éléments, comme Invoice/ID',
    pattern: 'Expression régulière',
    patternHint: 'Syntaxe RE2, comme facture (?<number>\\d{4}-\\d+) ; vide : tout le texte',
    unless: 'Ne doit pas s’y trouver',
    value: 'Valeur',
    valueHint: 'Groupes entre accolades, comme {year}/{number} ; vide : ce que le groupe a trouvé',
    newest: 'Messages les plus récents',
    submit: 'Essayer',
    result: (found, all) => `Trouvé dans ${found.toLocaleString('fr')} sur ${countFr(all, 'message', 'messages')}`,
    none: 'Trouvé dans aucun d’eux.',
    noMail: 'Il n’y a aucun message sur lequel l’essayer.',
    columns: { message: 'Message', found: 'Trouvé', now: 'Actuel' },
    nothing: 'rien',
    passedOver: 'une autre règle passe avant',
    said: 'l’ERP le dit lui-même',
    unread: 'contenu effacé',
    yaml: 'Pour la configuration, sous references.rules',
  },
  apply: {
    title: 'Appliquer au passé',
    lead: 'Les règles de la configuration, sur les messages déjà présents. Ce que des règles avaient trouvé change ou disparaît ; ce que l’ERP a dit reste.',
    from: 'Messages acceptés depuis',
    count: 'Compter',
    would: (changed, all) => `${countFr(changed, 'message', 'messages')} sur ${all.toLocaleString('fr')} changeraient.`,
    did: (changed, all) => `${countFr(changed, 'message', 'messages')} sur ${all.toLocaleString('fr')} ont changé.`,
    unread: (n) => `${countFr(n, 'message n’a', 'messages n’ont')} plus de contenu : ce qui y avait été trouvé reste.`,
    confirm: (n) => `Modifier ${countFr(n, 'message', 'messages')}`,
    goOn: 'Continuer',
    more: 'Il en reste à parcourir.',
    noDate: 'Indiquez une date.',
  },
  streams: {
    lead: 'Genres de messages sans modèle, reconnus à l’objet et à la mise en page. Avec un nom, on les trouve comme par un modèle.',
    search: 'Chercher noms et objets',
    none: 'Pas encore de flux',
    noneLead: 'Un flux apparaît dès que trois de ses messages sont passés.',
    noSubject: '(sans objet)',
    name: 'Nom',
    save: 'Enregistrer',
    messages: (n) => countFr(n, 'message', 'messages'),
    last: 'dernier',
    example: 'Exemple',
    show: 'Voir ses messages',
    more: 'Plus',
  },
};

const nl: ReferenceWords = {
  title: 'Waar mail over gaat',
  lead: 'Waar het ERP het niet zegt, vinden regels het document, het contact en de soort van een bericht.',
  tabs: { rules: 'Regels', streams: 'Stromen' },
  fields: {
    document: 'Document',
    documentType: 'Soort document',
    contact: 'Contact',
    administration: 'Administratie',
    template: 'Sjabloon',
    tag: 'Label',
  },
  sources: {
    subject: 'Onderwerp',
    from: 'Van',
    messageId: 'Message-ID',
    header: 'Kopregel',
    attachment: 'Bestandsnamen',
    xml: 'XML-documenten',
  },
  running: {
    title: 'Zoals ze nu gelden',
    profiles: 'Profielen',
    rules: (n) => countNl(n, 'eigen regel', 'eigen regels'),
    noRules: 'Geen eigen regels',
    upToDate: 'Bijlagen en stromen zijn bij.',
    behind: (n) => `Nog ${countNl(n, 'gebeurtenis', 'gebeurtenissen')} te lezen voor bijlagen en stromen.`,
  },
  trial: {
    title: 'Een regel proberen',
    lead: 'Op opgeslagen mail. Er verandert niets; dat u keek, staat in het auditlogboek.',
    field: 'Wat hij vindt',
    from: 'Waar hij kijkt',
    tag: 'Naam van het label',
    header: 'Naam van de kopregel',
    path: 'Elementen, zoals Invoice/ID',
    pattern: 'Reguliere expressie',
    patternHint: 'Syntaxis van RE2, zoals factuur (?<number>\\d{4}-\\d+); leeg: alle tekst',
    unless: 'Mag er niet in staan',
    value: 'Waarde',
    valueHint: 'Groepen tussen accolades, zoals {year}/{number}; leeg: wat de groep vond',
    newest: 'Nieuwste berichten',
    submit: 'Proberen',
    result: (found, all) => `Gevonden in ${found.toLocaleString('nl')} van ${countNl(all, 'bericht', 'berichten')}`,
    none: 'In geen ervan gevonden.',
    noMail: 'Er is geen mail om hem op te proberen.',
    columns: { message: 'Bericht', found: 'Gevonden', now: 'Nu' },
    nothing: 'niets',
    passedOver: 'een andere regel gaat voor',
    said: 'het ERP zegt het zelf',
    unread: 'inhoud gewist',
    yaml: 'Voor de configuratie, onder references.rules',
  },
  apply: {
    title: 'Op het verleden toepassen',
    lead: 'De regels van de configuratie, op mail die er al is. Wat regels eerder vonden, verandert of verdwijnt; wat het ERP zei, blijft.',
    from: 'Mail aangenomen sinds',
    count: 'Tellen',
    would: (changed, all) => `${countNl(changed, 'bericht', 'berichten')} van ${all.toLocaleString('nl')} zou veranderen.`,
    did: (changed, all) => `${countNl(changed, 'bericht', 'berichten')} van ${all.toLocaleString('nl')} veranderd.`,
    unread: (n) => `${countNl(n, 'bericht heeft', 'berichten hebben')} geen inhoud meer: wat erin gevonden was, blijft.`,
    confirm: (n) => `${countNl(n, 'bericht', 'berichten')} wijzigen`,
    goOn: 'Verder',
    more: 'Er is nog meer door te nemen.',
    noDate: 'Geef een datum.',
  },
  streams: {
    lead: 'Soorten mail zonder sjabloon, herkend aan onderwerp en opmaak. Met een naam zijn ze te vinden als met een sjabloon.',
    search: 'Zoek namen en onderwerpen',
    none: 'Nog geen stromen',
    noneLead: 'Een stroom staat hier zodra drie van zijn berichten langskwamen.',
    noSubject: '(geen onderwerp)',
    name: 'Naam',
    save: 'Opslaan',
    messages: (n) => countNl(n, 'bericht', 'berichten'),
    last: 'laatste',
    example: 'Voorbeeld',
    show: 'Toon zijn mail',
    more: 'Meer',
  },
};

const de: ReferenceWords = {
  title: 'Worum es in der Mail geht',
  lead: 'Wo das ERP es nicht sagt, finden Regeln das Dokument, den Kontakt und die Art einer Nachricht.',
  tabs: { rules: 'Regeln', streams: 'Ströme' },
  fields: {
    document: 'Dokument',
    documentType: 'Art des Dokuments',
    contact: 'Kontakt',
    administration: 'Mandant',
    template: 'Vorlage',
    tag: 'Schlagwort',
  },
  sources: {
    subject: 'Betreff',
    from: 'Von',
    messageId: 'Message-ID',
    header: 'Kopfzeile',
    attachment: 'Dateinamen',
    xml: 'XML-Dokumente',
  },
  running: {
    title: 'Wie sie gelten',
    profiles: 'Profile',
    rules: (n) => countDe(n, 'eigene Regel', 'eigene Regeln'),
    noRules: 'Keine eigenen Regeln',
    upToDate: 'Anhänge und Ströme sind auf dem Stand.',
    behind: (n) => `Noch ${countDe(n, 'Ereignis', 'Ereignisse')} für Anhänge und Ströme zu lesen.`,
  },
  trial: {
    title: 'Eine Regel ausprobieren',
    lead: 'An gespeicherter Mail. Geändert wird nichts; dass Sie hineingesehen haben, steht im Auditprotokoll.',
    field: 'Was sie findet',
    from: 'Wo sie sucht',
    tag: 'Name des Schlagworts',
    header: 'Name der Kopfzeile',
    path: 'Elemente, etwa Invoice/ID',
    pattern: 'Regulärer Ausdruck',
    patternHint: 'Syntax von RE2, etwa Rechnung (?<number>\\d{4}-\\d+); leer: der ganze Text',
    unless: 'Darf nicht vorkommen',
    value: 'Wert',
    valueHint: 'Gruppen in geschweiften Klammern, etwa {year}/{number}; leer: was die Gruppe fand',
    newest: 'Neueste Nachrichten',
    submit: 'Ausprobieren',
    result: (found, all) => `Gefunden in ${found.toLocaleString('de')} von ${countDe(all, 'Nachricht', 'Nachrichten')}`,
    none: 'In keiner davon gefunden.',
    noMail: 'Es gibt keine Mail zum Ausprobieren.',
    columns: { message: 'Nachricht', found: 'Gefunden', now: 'Jetzt' },
    nothing: 'nichts',
    passedOver: 'eine andere Regel geht vor',
    said: 'das ERP sagt es selbst',
    unread: 'Inhalt gelöscht',
    yaml: 'Für die Konfiguration, unter references.rules',
  },
  apply: {
    title: 'Auf Vergangenes anwenden',
    lead: 'Die Regeln der Konfiguration, auf Mail, die schon da ist. Was Regeln früher fanden, ändert sich oder entfällt; was das ERP sagte, bleibt.',
    from: 'Mail angenommen seit',
    count: 'Zählen',
    would: (changed, all) => `${countDe(changed, 'Nachricht', 'Nachrichten')} von ${all.toLocaleString('de')} würden sich ändern.`,
    did: (changed, all) => `${countDe(changed, 'Nachricht', 'Nachrichten')} von ${all.toLocaleString('de')} geändert.`,
    unread: (n) => `${countDe(n, 'Nachricht hat', 'Nachrichten haben')} keinen Inhalt mehr: was darin gefunden wurde, bleibt.`,
    confirm: (n) => `${countDe(n, 'Nachricht', 'Nachrichten')} ändern`,
    goOn: 'Weiter',
    more: 'Es ist noch mehr durchzugehen.',
    noDate: 'Ein Datum angeben.',
  },
  streams: {
    lead: 'Arten von Mail ohne Vorlage, erkannt an Betreff und Aufbau. Mit einem Namen findet man sie wie mit einer Vorlage.',
    search: 'Namen und Betreffe suchen',
    none: 'Noch keine Ströme',
    noneLead: 'Ein Strom steht hier, sobald drei seiner Nachrichten durchgekommen sind.',
    noSubject: '(ohne Betreff)',
    name: 'Name',
    save: 'Speichern',
    messages: (n) => countDe(n, 'Nachricht', 'Nachrichten'),
    last: 'zuletzt',
    example: 'Beispiel',
    show: 'Mail zeigen',
    more: 'Mehr',
  },
};

export const REFERENCE_WORDS = { en, fr, nl, de };
