/** The words of the pages of documents and of addresses. */
import type { ContactState } from '../../../domain/contact-standing.ts';
import type { DocumentVerdict, StepLink, VerdictReason } from '../../../domain/document-verdict.ts';
import { counter } from './grammar.ts';

/** Why, of one recipient; `why`: the category in words. */
type Reasons = Readonly<Record<VerdictReason, (address: string, why: string) => string>>;

export interface DocumentWords {
  readonly verdicts: Readonly<Record<DocumentVerdict, string>>;
  /** What a verdict means, for who points at it, and beneath it on the document's page. */
  readonly verdictHints: Readonly<Record<DocumentVerdict, string>>;
  readonly reasons: Reasons;
  readonly list: {
    readonly title: string;
    readonly search: string;
    readonly searchHint: string;
    readonly verdictsLabel: string;
    readonly all: string;
    readonly caption: string;
    readonly columns: { readonly verdict: string; readonly document: string; readonly contact: string; readonly mail: string };
    readonly emptyTitle: string;
    readonly emptyLead: string;
    readonly ofType: (type: string) => string;
    readonly ofAdministration: (name: string) => string;
    readonly remove: (name: string) => string;
    readonly others: (n: number) => string;
  };
  readonly page: {
    readonly back: string;
    readonly openInErp: string;
    readonly openContact: string;
    readonly newTab: string;
    readonly policy: { readonly every: string; readonly any: string };
    readonly recipients: (n: number) => string;
    readonly copy: string;
    readonly copyHint: string;
    readonly links: Readonly<Record<StepLink, string>>;
    readonly openMessage: string;
    readonly nextTry: string;
    readonly correct: string;
    readonly facts: string;
    readonly document: string;
    readonly type: string;
    readonly administration: string;
    readonly contact: string;
    readonly template: string;
    readonly mail: (n: number, more: boolean) => string;
    readonly others: string;
    readonly noAdministration: string;
    readonly correctedFrom: (address: string) => string;
  };
  readonly contacts: {
    readonly title: string;
    readonly lead: string;
    readonly tabs: { readonly problem: string; readonly all: string };
    readonly tabsLabel: string;
    readonly search: string;
    readonly searchHint: string;
    readonly caption: string;
    readonly columns: { readonly state: string; readonly address: string; readonly contact: string; readonly at: string };
    readonly states: Readonly<Record<ContactState, string>>;
    readonly stateHints: Readonly<Record<ContactState, string>>;
    readonly noProblem: string;
    readonly noProblemLead: string;
    readonly none: string;
    readonly noneLead: string;
    readonly didYouMean: (address: string) => string;
    readonly start: string;
    readonly more: string;
  };
  readonly contact: {
    readonly firstFailure: string;
    readonly settled: (address: string) => string;
    readonly fine: string;
    readonly waiting: (n: number) => string;
    readonly suppressed: string;
    readonly suppressedHint: string;
    readonly openSuppressions: string;
    readonly facts: { readonly failed: string; readonly pending: string };
    readonly mails: string;
    readonly moreMails: string;
    readonly sentInstead: (address: string) => string;
    readonly allMail: string;
    readonly form: {
      readonly title: string;
      readonly lead: string;
      readonly erpFirst: string;
      readonly to: string;
      readonly suggestions: { readonly provider: string; readonly known: string };
      readonly takesMail: string;
      readonly what: string;
      readonly failed: (n: number, more: boolean) => string;
      readonly pending: (n: number, more: boolean) => string;
      readonly pendingHint: (n: number) => string;
      readonly held: (n: number) => string;
      readonly unsendable: (n: number) => string;
      readonly same: string;
      readonly none: string;
      readonly nothing: string;
      readonly suppressed: string;
      readonly submit: string;
      readonly notAll: (n: number) => string;
    };
  };
}

const countEn = counter('en', (n) => n === 1);
const en: DocumentWords = {
  verdicts: { delivered: 'Delivered', transferred: 'Transferred', unknown: 'Not known yet', 'at-risk': 'At risk', failed: 'Failed' },
  verdictHints: {
    delivered: 'A report confirmed that it reached the mailbox. Nobody can tell whether it was read.',
    transferred:
      'The next mail server took it over, and nothing has contradicted that since. Only a report can tell whether it reached the mailbox.',
    unknown: 'Nothing has been tried yet, or it was cancelled.',
    'at-risk': 'It may not arrive: something went wrong that can still go right.',
    failed: 'It did not arrive, and nothing that is under way will change that.',
  },
  reasons: {
    confirmed: (address) => `A report confirmed that it reached ${address}.`,
    'accepted-by-recipient-server': (address) => `The mail server of ${address} accepted it.`,
    'accepted-by-provider': (address) => `Our provider accepted it for ${address}.`,
    queued: (address) => `The mail to ${address} waits for its first attempt.`,
    scheduled: (address) => `The mail to ${address} waits for the time at which it is to be sent.`,
    cancelled: (address) => `The mail to ${address} was cancelled; it was not sent.`,
    waiting: (address) => `The mail to ${address} was due long ago, and nothing has been tried.`,
    deferred: (address, why) => `Not delivered to ${address} yet: ${why}.`,
    held: (address) => `The mail to ${address} is held back until somebody releases it.`,
    delayed: (address) => `A mail server on the way to ${address} is still trying.`,
    refused: (address, why) => `${address} was refused: ${why}.`,
    bounced: (address, why) => `The mail to ${address} was accepted at first, then it came back: ${why}.`,
    expired: (address, why) => `Given up for ${address}: ${why}.`,
    suppressed: (address) => `${address} is on the suppression list; nothing was sent to it.`,
  },
  list: {
    title: 'Documents',
    search: 'Search documents',
    searchHint: 'Number, address or subject',
    verdictsLabel: 'By verdict',
    all: 'All',
    caption: 'Documents, the newest mail first',
    columns: { verdict: 'Verdict', document: 'Document', contact: 'Contact', mail: 'Last mail' },
    emptyTitle: 'No documents yet',
    emptyLead:
      'A document shows up here once a mail names it: by X-Relais-Document, or as the rules of the configuration find it in subject, header or attachment.',
    ofType: (type) => `Type: ${type}`,
    ofAdministration: (name) => `Administration: ${name}`,
    remove: (name) => `Remove the filter ${name}`,
    others: (n) => `and ${countEn(n, 'other', 'others')}`,
  },
  page: {
    back: 'Documents',
    openInErp: 'Open in the ERP',
    openContact: 'Contact in the ERP',
    newTab: '(opens in a new tab)',
    policy: { every: 'Every recipient in To has to have it.', any: 'One recipient is enough.' },
    recipients: (n) => countEn(n, 'recipient', 'recipients'),
    copy: 'Copy',
    copyHint: 'Does not count for the verdict',
    links: {
      first: 'Sent',
      resent: 'Sent again to the same address',
      corrected: 'Sent again to the corrected address',
      again: 'Sent anew by the ERP',
    },
    openMessage: 'open the message',
    nextTry: 'next attempt',
    correct: 'Correct the address',
    facts: 'Details',
    document: 'Document',
    type: 'Type',
    administration: 'Administration',
    contact: 'Contact',
    template: 'Template',
    mail: (n, more) => `${more ? 'More than ' : ''}${countEn(n, 'message', 'messages')}`,
    others: 'The same number in',
    noAdministration: 'no administration',
    correctedFrom: (address) => `instead of ${address}`,
  },
  contacts: {
    title: 'Contacts',
    lead: 'Addresses that mail goes to, and those among them that fail.',
    tabs: { problem: 'Failing', all: 'All addresses' },
    tabsLabel: 'Which addresses',
    search: 'Search addresses',
    searchHint: 'Address or domain',
    caption: 'Addresses',
    columns: { state: 'State', address: 'Address', contact: 'Contact', at: 'Last mail' },
    states: { problem: 'Failing', waiting: 'Waiting', fine: 'Fine', settled: 'Corrected', unknown: 'Not known yet' },
    stateHints: {
      problem: 'The last mail to it failed',
      waiting: 'Nothing has been sent to it yet, something waits',
      fine: 'The last mail to it was taken',
      settled: 'The last mail to it failed, and was sent to a corrected address',
      unknown: 'All mail to it was cancelled',
    },
    noProblem: 'No address fails',
    noProblemLead: 'Addresses whose last mail failed show up here, with what they were perhaps meant to be.',
    none: 'No address found',
    noneLead: 'No mail went to an address that fits.',
    didYouMean: (address) => `Perhaps ${address}?`,
    start: 'Back to the newest',
    more: 'More',
  },
  contact: {
    firstFailure: 'First failure',
    settled: (address) => `What failed was sent to ${address}.`,
    fine: 'The last mail to this address was taken.',
    waiting: (n) => `${countEn(n, 'message waits', 'messages wait')} in the queue.`,
    suppressed: 'On the suppression list',
    suppressedHint: 'Nothing is sent to this address until it is lifted.',
    openSuppressions: 'To the suppression list',
    facts: { failed: 'Failed since then', pending: 'Waiting' },
    mails: 'Last mail to it',
    moreMails: 'There is older mail.',
    sentInstead: (address) => `sent to ${address} instead`,
    allMail: 'All mail to it',
    form: {
      title: 'Correct the address',
      lead: 'Each message goes again with the same content, to the corrected address, and takes the place of the one that failed.',
      erpFirst: 'Correct it in the ERP too: the next mail comes from there.',
      to: 'Right address',
      suggestions: { provider: 'One letter from a large provider.', known: 'Near a domain that your mail goes to.' },
      takesMail: 'Its domain takes mail.',
      what: 'What happens',
      failed: (n, more) => `${more ? 'More than ' : ''}${countEn(n, 'message that failed is', 'messages that failed are')} sent again.`,
      pending: (n, more) => `${more ? 'More than ' : ''}${countEn(n, 'message that waits goes', 'messages that wait go')} there too`,
      pendingHint: (n) => `and ${n === 1 ? 'is' : 'are'} cancelled for this address.`,
      held: (n) => `${countEn(n, 'message is', 'messages are')} held back and stays so: release or cancel it by itself.`,
      unsendable: (n) => `${countEn(n, 'message', 'messages')} can not be sent: the content was erased.`,
      same: 'That is the address that fails.',
      none: 'That is not a mail address.',
      nothing: 'There is nothing to send: choose what waits, or go back.',
      suppressed: 'That address is on the suppression list: lift it first.',
      submit: 'Send to the corrected address',
      notAll: (n) => `${countEn(n, 'message was', 'messages were')} not taken:`,
    },
  },
};

const countFr = counter('fr', (n) => n < 2);
const fr: DocumentWords = {
  verdicts: { delivered: 'Remis', transferred: 'Transmis', unknown: 'Pas encore connu', 'at-risk': 'Incertain', failed: 'Échoué' },
  verdictHints: {
    delivered: 'Un rapport a confirmé qu’il a atteint la boîte. Personne ne peut dire s’il a été lu.',
    transferred:
      'Le serveur suivant l’a pris en charge, et rien ne l’a contredit depuis. Seul un rapport peut dire s’il a atteint la boîte.',
    unknown: 'Rien n’a encore été essayé, ou il a été annulé.',
    'at-risk': 'Il pourrait ne pas arriver : quelque chose a mal tourné et peut encore s’arranger.',
    failed: 'Il n’est pas arrivé, et rien de ce qui est en cours n’y changera rien.',
  },
  reasons: {
    confirmed: (address) => `Un rapport a confirmé qu’il a atteint ${address}.`,
    'accepted-by-recipient-server': (address) => `Le serveur de ${address} l’a accepté.`,
    'accepted-by-provider': (address) => `Notre fournisseur l’a accepté pour ${address}.`,
    queued: (address) => `Le message à ${address} attend son premier essai.`,
    scheduled: (address) => `Le message à ${address} attend l’heure à laquelle il doit partir.`,
    cancelled: (address) => `Le message à ${address} a été annulé ; il n’a pas été envoyé.`,
    waiting: (address) => `Le message à ${address} devait partir depuis longtemps, et rien n’a été essayé.`,
    deferred: (address, why) => `Pas encore remis à ${address} : ${why}.`,
    held: (address) => `Le message à ${address} est retenu jusqu’à ce que quelqu’un le libère.`,
    delayed: (address) => `Un serveur sur le chemin de ${address} essaie encore.`,
    refused: (address, why) => `${address} a été refusée : ${why}.`,
    bounced: (address, why) => `Le message à ${address} a d’abord été accepté, puis il est revenu : ${why}.`,
    expired: (address, why) => `Abandonné pour ${address} : ${why}.`,
    suppressed: (address) => `${address} figure sur la liste de blocage ; rien ne lui a été envoyé.`,
  },
  list: {
    title: 'Documents',
    search: 'Chercher des documents',
    searchHint: 'Numéro, adresse ou objet',
    verdictsLabel: 'Par verdict',
    all: 'Tous',
    caption: 'Documents, le message le plus récent d’abord',
    columns: { verdict: 'Verdict', document: 'Document', contact: 'Contact', mail: 'Dernier message' },
    emptyTitle: 'Pas encore de documents',
    emptyLead:
      'Un document apparaît ici dès qu’un message le nomme : par X-Relais-Document, ou comme les règles de la configuration le trouvent dans l’objet, l’en-tête ou une pièce jointe.',
    ofType: (type) => `Type : ${type}`,
    ofAdministration: (name) => `Administration : ${name}`,
    remove: (name) => `Retirer le filtre ${name}`,
    others: (n) => `et ${countFr(n, 'autre', 'autres')}`,
  },
  page: {
    back: 'Documents',
    openInErp: 'Ouvrir dans l’ERP',
    openContact: 'Contact dans l’ERP',
    newTab: '(s’ouvre dans un nouvel onglet)',
    policy: { every: 'Chaque destinataire en To doit l’avoir.', any: 'Un destinataire suffit.' },
    recipients: (n) => countFr(n, 'destinataire', 'destinataires'),
    copy: 'Copie',
    copyHint: 'Ne compte pas pour le verdict',
    links: {
      first: 'Envoyé',
      resent: 'Renvoyé à la même adresse',
      corrected: 'Renvoyé à l’adresse corrigée',
      again: 'Envoyé de nouveau par l’ERP',
    },
    openMessage: 'ouvrir le message',
    nextTry: 'prochain essai',
    correct: 'Corriger l’adresse',
    facts: 'Détails',
    document: 'Document',
    type: 'Type',
    administration: 'Administration',
    contact: 'Contact',
    template: 'Modèle',
    mail: (n, more) => `${more ? 'Plus de ' : ''}${countFr(n, 'message', 'messages')}`,
    others: 'Le même numéro dans',
    noAdministration: 'aucune administration',
    correctedFrom: (address) => `au lieu de ${address}`,
  },
  contacts: {
    title: 'Contacts',
    lead: 'Les adresses auxquelles on écrit, et celles qui échouent.',
    tabs: { problem: 'En échec', all: 'Toutes les adresses' },
    tabsLabel: 'Quelles adresses',
    search: 'Chercher des adresses',
    searchHint: 'Adresse ou domaine',
    caption: 'Adresses',
    columns: { state: 'État', address: 'Adresse', contact: 'Contact', at: 'Dernier message' },
    states: { problem: 'En échec', waiting: 'En attente', fine: 'En ordre', settled: 'Corrigée', unknown: 'Pas encore connu' },
    stateHints: {
      problem: 'Le dernier message à cette adresse a échoué',
      waiting: 'Rien ne lui a encore été envoyé, quelque chose attend',
      fine: 'Le dernier message à cette adresse a été pris en charge',
      settled: 'Le dernier message a échoué, et a été envoyé à une adresse corrigée',
      unknown: 'Tous les messages à cette adresse ont été annulés',
    },
    noProblem: 'Aucune adresse n’échoue',
    noProblemLead: 'Les adresses dont le dernier message a échoué apparaissent ici, avec ce qu’elles devaient peut-être être.',
    none: 'Aucune adresse trouvée',
    noneLead: 'Aucun message n’est allé à une adresse qui corresponde.',
    didYouMean: (address) => `Peut-être ${address} ?`,
    start: 'Retour aux plus récentes',
    more: 'Suite',
  },
  contact: {
    firstFailure: 'Premier échec',
    settled: (address) => `Ce qui a échoué a été envoyé à ${address}.`,
    fine: 'Le dernier message à cette adresse a été pris en charge.',
    waiting: (n) => `${countFr(n, 'message attend', 'messages attendent')} dans la file.`,
    suppressed: 'Sur la liste de blocage',
    suppressedHint: 'Rien n’est envoyé à cette adresse tant qu’elle n’est pas débloquée.',
    openSuppressions: 'Vers la liste de blocage',
    facts: { failed: 'En échec depuis', pending: 'En attente' },
    mails: 'Derniers messages',
    moreMails: 'Il y a des messages plus anciens.',
    sentInstead: (address) => `envoyé à ${address} à la place`,
    allMail: 'Tous les messages à cette adresse',
    form: {
      title: 'Corriger l’adresse',
      lead: 'Chaque message repart avec le même contenu, à l’adresse corrigée, et prend la place de celui qui a échoué.',
      erpFirst: 'Corrigez-la aussi dans l’ERP : le prochain message vient de là.',
      to: 'Bonne adresse',
      suggestions: { provider: 'À une lettre d’un grand fournisseur.', known: 'Proche d’un domaine auquel vous écrivez.' },
      takesMail: 'Son domaine reçoit du courrier.',
      what: 'Ce qui se passe',
      failed: (n, more) => `${more ? 'Plus de ' : ''}${countFr(n, 'message en échec est renvoyé', 'messages en échec sont renvoyés')}.`,
      pending: (n, more) => `${more ? 'Plus de ' : ''}${countFr(n, 'message en attente y va', 'messages en attente y vont')} aussi`,
      pendingHint: (n) => `et ${n < 2 ? 'est annulé' : 'sont annulés'} pour cette adresse.`,
      held: (n) => `${countFr(n, 'message est retenu et le reste', 'messages sont retenus et le restent')} : libérez ou annulez à part.`,
      unsendable: (n) => `${countFr(n, 'message ne peut', 'messages ne peuvent')} être envoyé : le contenu a été effacé.`,
      same: 'C’est l’adresse qui échoue.',
      none: 'Ce n’est pas une adresse de courrier.',
      nothing: 'Il n’y a rien à envoyer : choisissez ce qui attend, ou revenez en arrière.',
      suppressed: 'Cette adresse figure sur la liste de blocage : débloquez-la d’abord.',
      submit: 'Envoyer à l’adresse corrigée',
      notAll: (n) => `${countFr(n, 'message n’a pas été pris', 'messages n’ont pas été pris')} :`,
    },
  },
};

const countNl = counter('nl', (n) => n === 1);
const nl: DocumentWords = {
  verdicts: { delivered: 'Bezorgd', transferred: 'Overgedragen', unknown: 'Nog niet bekend', 'at-risk': 'Onzeker', failed: 'Mislukt' },
  verdictHints: {
    delivered: 'Een rapport bevestigde dat het de mailbox bereikte. Of het gelezen is, weet niemand.',
    transferred:
      'De volgende mailserver nam het over, en niets sprak dat sindsdien tegen. Of het de mailbox bereikte, weet alleen een rapport.',
    unknown: 'Er is nog niets geprobeerd, of het is geannuleerd.',
    'at-risk': 'Het komt misschien niet aan: er ging iets mis dat nog goed kan komen.',
    failed: 'Het is niet aangekomen, en niets dat onderweg is verandert dat.',
  },
  reasons: {
    confirmed: (address) => `Een rapport bevestigde dat het ${address} bereikte.`,
    'accepted-by-recipient-server': (address) => `De mailserver van ${address} nam het aan.`,
    'accepted-by-provider': (address) => `Onze provider nam het aan voor ${address}.`,
    queued: (address) => `De mail aan ${address} wacht op de eerste poging.`,
    scheduled: (address) => `De mail aan ${address} wacht op het tijdstip waarop hij verzonden moet worden.`,
    cancelled: (address) => `De mail aan ${address} is geannuleerd; niet verzonden.`,
    waiting: (address) => `De mail aan ${address} had al lang weg moeten zijn, en er is niets geprobeerd.`,
    deferred: (address, why) => `Nog niet bezorgd bij ${address}: ${why}.`,
    held: (address) => `De mail aan ${address} wordt vastgehouden tot iemand hem vrijgeeft.`,
    delayed: (address) => `Een mailserver op weg naar ${address} probeert het nog.`,
    refused: (address, why) => `${address} werd geweigerd: ${why}.`,
    bounced: (address, why) => `De mail aan ${address} werd eerst aangenomen en kwam daarna terug: ${why}.`,
    expired: (address, why) => `Opgegeven voor ${address}: ${why}.`,
    suppressed: (address) => `${address} staat op de blokkeerlijst; er is niets naartoe verzonden.`,
  },
  list: {
    title: 'Documenten',
    search: 'Documenten zoeken',
    searchHint: 'Nummer, adres of onderwerp',
    verdictsLabel: 'Naar oordeel',
    all: 'Alle',
    caption: 'Documenten, de nieuwste mail eerst',
    columns: { verdict: 'Oordeel', document: 'Document', contact: 'Contact', mail: 'Laatste mail' },
    emptyTitle: 'Nog geen documenten',
    emptyLead:
      'Een document verschijnt hier zodra een mail het noemt: met X-Relais-Document, of zoals de regels van de configuratie het vinden in onderwerp, kop of bijlage.',
    ofType: (type) => `Soort: ${type}`,
    ofAdministration: (name) => `Administratie: ${name}`,
    remove: (name) => `Filter ${name} verwijderen`,
    others: (n) => `en ${countNl(n, 'andere', 'anderen')}`,
  },
  page: {
    back: 'Documenten',
    openInErp: 'Openen in het ERP',
    openContact: 'Contact in het ERP',
    newTab: '(opent in een nieuw tabblad)',
    policy: { every: 'Elke ontvanger in To moet het hebben.', any: 'Eén ontvanger is genoeg.' },
    recipients: (n) => countNl(n, 'ontvanger', 'ontvangers'),
    copy: 'Kopie',
    copyHint: 'Telt niet mee voor het oordeel',
    links: {
      first: 'Verzonden',
      resent: 'Opnieuw verzonden aan hetzelfde adres',
      corrected: 'Opnieuw verzonden aan het verbeterde adres',
      again: 'Opnieuw verzonden door het ERP',
    },
    openMessage: 'bericht openen',
    nextTry: 'volgende poging',
    correct: 'Adres verbeteren',
    facts: 'Details',
    document: 'Document',
    type: 'Soort',
    administration: 'Administratie',
    contact: 'Contact',
    template: 'Sjabloon',
    mail: (n, more) => `${more ? 'Meer dan ' : ''}${countNl(n, 'bericht', 'berichten')}`,
    others: 'Hetzelfde nummer in',
    noAdministration: 'geen administratie',
    correctedFrom: (address) => `in plaats van ${address}`,
  },
  contacts: {
    title: 'Contacten',
    lead: 'Adressen waar mail naartoe gaat, en welke daarvan mislukken.',
    tabs: { problem: 'Mislukt', all: 'Alle adressen' },
    tabsLabel: 'Welke adressen',
    search: 'Adressen zoeken',
    searchHint: 'Adres of domein',
    caption: 'Adressen',
    columns: { state: 'Toestand', address: 'Adres', contact: 'Contact', at: 'Laatste mail' },
    states: { problem: 'Mislukt', waiting: 'Wacht', fine: 'In orde', settled: 'Verbeterd', unknown: 'Nog niet bekend' },
    stateHints: {
      problem: 'De laatste mail hiernaartoe mislukte',
      waiting: 'Er is nog niets verzonden, er wacht iets',
      fine: 'De laatste mail hiernaartoe werd aangenomen',
      settled: 'De laatste mail mislukte, en is aan een verbeterd adres verzonden',
      unknown: 'Alle mail hiernaartoe is geannuleerd',
    },
    noProblem: 'Geen adres mislukt',
    noProblemLead: 'Adressen waarvan de laatste mail mislukte verschijnen hier, met wat ze misschien hadden moeten zijn.',
    none: 'Geen adres gevonden',
    noneLead: 'Er ging geen mail naar een adres dat past.',
    didYouMean: (address) => `Misschien ${address}?`,
    start: 'Terug naar de nieuwste',
    more: 'Meer',
  },
  contact: {
    firstFailure: 'Eerste mislukking',
    settled: (address) => `Wat mislukte is aan ${address} verzonden.`,
    fine: 'De laatste mail aan dit adres werd aangenomen.',
    waiting: (n) => `${countNl(n, 'bericht wacht', 'berichten wachten')} in de wachtrij.`,
    suppressed: 'Op de blokkeerlijst',
    suppressedHint: 'Er wordt niets naar dit adres verzonden tot de blokkering is opgeheven.',
    openSuppressions: 'Naar de blokkeerlijst',
    facts: { failed: 'Sindsdien mislukt', pending: 'Wacht' },
    mails: 'Laatste mail',
    moreMails: 'Er is oudere mail.',
    sentInstead: (address) => `in plaats daarvan verzonden aan ${address}`,
    allMail: 'Alle mail aan dit adres',
    form: {
      title: 'Adres verbeteren',
      lead: 'Elk bericht gaat opnieuw met dezelfde inhoud, naar het verbeterde adres, en komt in de plaats van wat mislukte.',
      erpFirst: 'Verbeter het ook in het ERP: de volgende mail komt daarvandaan.',
      to: 'Juist adres',
      suggestions: { provider: 'Eén letter van een grote provider.', known: 'Lijkt op een domein waar uw mail naartoe gaat.' },
      takesMail: 'Het domein neemt mail aan.',
      what: 'Wat er gebeurt',
      failed: (n, more) =>
        `${more ? 'Meer dan ' : ''}${countNl(n, 'mislukt bericht wordt', 'mislukte berichten worden')} opnieuw verzonden.`,
      pending: (n, more) => `${more ? 'Meer dan ' : ''}${countNl(n, 'wachtend bericht gaat', 'wachtende berichten gaan')} daar ook naartoe`,
      pendingHint: (n) => `en ${n === 1 ? 'wordt' : 'worden'} voor dit adres geannuleerd.`,
      held: (n) =>
        `${countNl(n, 'bericht wordt vastgehouden en blijft', 'berichten worden vastgehouden en blijven')} dat: geef apart vrij of annuleer.`,
      unsendable: (n) => `${countNl(n, 'bericht kan', 'berichten kunnen')} niet verzonden worden: de inhoud is gewist.`,
      same: 'Dat is het adres dat mislukt.',
      none: 'Dat is geen mailadres.',
      nothing: 'Er is niets te verzenden: kies wat wacht, of ga terug.',
      suppressed: 'Dat adres staat op de blokkeerlijst: hef de blokkering eerst op.',
      submit: 'Aan het verbeterde adres verzenden',
      notAll: (n) => `${countNl(n, 'bericht werd', 'berichten werden')} niet aangenomen:`,
    },
  },
};

const countDe = counter('de', (n) => n === 1);
const de: DocumentWords = {
  verdicts: {
    delivered: 'Zugestellt',
    transferred: 'Übergeben',
    unknown: 'Noch nicht bekannt',
    'at-risk': 'Unsicher',
    failed: 'Gescheitert',
  },
  verdictHints: {
    delivered: 'Ein Bericht hat bestätigt, dass es das Postfach erreichte. Ob es gelesen wurde, weiß niemand.',
    transferred:
      'Der nächste Mailserver hat es übernommen, und nichts hat dem seither widersprochen. Ob es das Postfach erreichte, sagt nur ein Bericht.',
    unknown: 'Noch wurde nichts versucht, oder es wurde abgebrochen.',
    'at-risk': 'Es kommt vielleicht nicht an: Etwas ging schief, was noch gut werden kann.',
    failed: 'Es ist nicht angekommen, und nichts, was im Gang ist, ändert das.',
  },
  reasons: {
    confirmed: (address) => `Ein Bericht hat bestätigt, dass es ${address} erreichte.`,
    'accepted-by-recipient-server': (address) => `Der Mailserver von ${address} hat angenommen.`,
    'accepted-by-provider': (address) => `Unser Provider hat für ${address} angenommen.`,
    queued: (address) => `Die Mail an ${address} wartet auf den ersten Versuch.`,
    scheduled: (address) => `Die Mail an ${address} wartet auf die Zeit, zu der sie gesendet werden soll.`,
    cancelled: (address) => `Die Mail an ${address} wurde abgebrochen; nicht gesendet.`,
    waiting: (address) => `Die Mail an ${address} war längst fällig, und nichts wurde versucht.`,
    deferred: (address, why) => `Noch nicht zugestellt an ${address}: ${why}.`,
    held: (address) => `Die Mail an ${address} ist angehalten, bis jemand freigibt.`,
    delayed: (address) => `Ein Mailserver auf dem Weg zu ${address} versucht es noch.`,
    refused: (address, why) => `${address} wurde abgelehnt: ${why}.`,
    bounced: (address, why) => `Die Mail an ${address} wurde zuerst angenommen und kam dann zurück: ${why}.`,
    expired: (address, why) => `Aufgegeben für ${address}: ${why}.`,
    suppressed: (address) => `${address} steht auf der Sperrliste; nichts wurde dorthin gesendet.`,
  },
  list: {
    title: 'Dokumente',
    search: 'Dokumente suchen',
    searchHint: 'Nummer, Adresse oder Betreff',
    verdictsLabel: 'Nach Urteil',
    all: 'Alle',
    caption: 'Dokumente, die neueste Mail zuerst',
    columns: { verdict: 'Urteil', document: 'Dokument', contact: 'Kontakt', mail: 'Letzte Mail' },
    emptyTitle: 'Noch keine Dokumente',
    emptyLead:
      'Ein Dokument erscheint hier, sobald eine Mail es nennt: mit X-Relais-Document, oder wie die Regeln der Konfiguration es in Betreff, Kopf oder Anhang finden.',
    ofType: (type) => `Art: ${type}`,
    ofAdministration: (name) => `Mandant: ${name}`,
    remove: (name) => `Filter ${name} entfernen`,
    others: (n) => `und ${countDe(n, 'weiterer', 'weitere')}`,
  },
  page: {
    back: 'Dokumente',
    openInErp: 'Im ERP öffnen',
    openContact: 'Kontakt im ERP',
    newTab: '(öffnet in einem neuen Tab)',
    policy: { every: 'Jeder Empfänger in To muss es haben.', any: 'Ein Empfänger genügt.' },
    recipients: (n) => countDe(n, 'Empfänger', 'Empfänger'),
    copy: 'Kopie',
    copyHint: 'Zählt nicht für das Urteil',
    links: {
      first: 'Gesendet',
      resent: 'Erneut an dieselbe Adresse gesendet',
      corrected: 'Erneut an die berichtigte Adresse gesendet',
      again: 'Vom ERP neu gesendet',
    },
    openMessage: 'Nachricht öffnen',
    nextTry: 'nächster Versuch',
    correct: 'Adresse berichtigen',
    facts: 'Einzelheiten',
    document: 'Dokument',
    type: 'Art',
    administration: 'Mandant',
    contact: 'Kontakt',
    template: 'Vorlage',
    mail: (n, more) => `${more ? 'Mehr als ' : ''}${countDe(n, 'Nachricht', 'Nachrichten')}`,
    others: 'Dieselbe Nummer in',
    noAdministration: 'keinem Mandanten',
    correctedFrom: (address) => `statt ${address}`,
  },
  contacts: {
    title: 'Kontakte',
    lead: 'Adressen, an die Mail geht, und welche davon scheitern.',
    tabs: { problem: 'Gescheitert', all: 'Alle Adressen' },
    tabsLabel: 'Welche Adressen',
    search: 'Adressen suchen',
    searchHint: 'Adresse oder Domain',
    caption: 'Adressen',
    columns: { state: 'Zustand', address: 'Adresse', contact: 'Kontakt', at: 'Letzte Mail' },
    states: { problem: 'Gescheitert', waiting: 'Wartet', fine: 'In Ordnung', settled: 'Berichtigt', unknown: 'Noch nicht bekannt' },
    stateHints: {
      problem: 'Die letzte Mail dorthin ist gescheitert',
      waiting: 'Noch wurde nichts gesendet, etwas wartet',
      fine: 'Die letzte Mail dorthin wurde angenommen',
      settled: 'Die letzte Mail ist gescheitert und wurde an eine berichtigte Adresse gesendet',
      unknown: 'Alle Mail dorthin wurde abgebrochen',
    },
    noProblem: 'Keine Adresse scheitert',
    noProblemLead: 'Adressen, deren letzte Mail gescheitert ist, erscheinen hier, mit dem, was sie vielleicht sein sollten.',
    none: 'Keine Adresse gefunden',
    noneLead: 'An keine passende Adresse ging Mail.',
    didYouMean: (address) => `Vielleicht ${address}?`,
    start: 'Zurück zu den neuesten',
    more: 'Weitere',
  },
  contact: {
    firstFailure: 'Erster Fehlschlag',
    settled: (address) => `Was gescheitert ist, wurde an ${address} gesendet.`,
    fine: 'Die letzte Mail an diese Adresse wurde angenommen.',
    waiting: (n) => `${countDe(n, 'Nachricht wartet', 'Nachrichten warten')} in der Warteschlange.`,
    suppressed: 'Auf der Sperrliste',
    suppressedHint: 'An diese Adresse wird nichts gesendet, bis die Sperre aufgehoben ist.',
    openSuppressions: 'Zur Sperrliste',
    facts: { failed: 'Seither gescheitert', pending: 'Wartet' },
    mails: 'Letzte Mail',
    moreMails: 'Es gibt ältere Mail.',
    sentInstead: (address) => `stattdessen an ${address} gesendet`,
    allMail: 'Alle Mail an diese Adresse',
    form: {
      title: 'Adresse berichtigen',
      lead: 'Jede Nachricht geht mit demselben Inhalt erneut, an die berichtigte Adresse, und tritt an die Stelle der gescheiterten.',
      erpFirst: 'Berichtigen Sie sie auch im ERP: Die nächste Mail kommt von dort.',
      to: 'Richtige Adresse',
      suggestions: { provider: 'Einen Buchstaben neben einem großen Anbieter.', known: 'Nahe einer Domain, an die Ihre Mail geht.' },
      takesMail: 'Die Domain nimmt Mail an.',
      what: 'Was geschieht',
      failed: (n, more) =>
        `${more ? 'Mehr als ' : ''}${countDe(n, 'gescheiterte Nachricht wird', 'gescheiterte Nachrichten werden')} erneut gesendet.`,
      pending: (n, more) => `${more ? 'Mehr als ' : ''}${countDe(n, 'wartende Nachricht geht', 'wartende Nachrichten gehen')} auch dorthin`,
      pendingHint: (n) => `und ${n === 1 ? 'wird' : 'werden'} für diese Adresse abgebrochen.`,
      held: (n) =>
        `${countDe(n, 'Nachricht ist angehalten und bleibt', 'Nachrichten sind angehalten und bleiben')} es: geben Sie sie eigens frei oder brechen Sie ab.`,
      unsendable: (n) => `${countDe(n, 'Nachricht kann', 'Nachrichten können')} nicht gesendet werden: Der Inhalt wurde gelöscht.`,
      same: 'Das ist die Adresse, die scheitert.',
      none: 'Das ist keine Mailadresse.',
      nothing: 'Es gibt nichts zu senden: Wählen Sie, was wartet, oder gehen Sie zurück.',
      suppressed: 'Diese Adresse steht auf der Sperrliste: Heben Sie die Sperre zuerst auf.',
      submit: 'An die berichtigte Adresse senden',
      notAll: (n) => `${countDe(n, 'Nachricht wurde', 'Nachrichten wurden')} nicht angenommen:`,
    },
  },
};

export const DOCUMENT_WORDS = { en, fr, nl, de };
