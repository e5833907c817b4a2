/** The page of one message: what happened in plain words, what one can do about it, what is in it. */
import type { Confidence } from '../../../domain/recipient.ts';
import type { Category } from '../../../domain/reply.ts';
import { counter } from './grammar.ts';

/** What stands in front of something, and behind it. */
type Around = readonly [before: string, after: string];

export interface MessagePageWords {
  readonly newTab: string;
  readonly openContact: string;
  readonly openDocument: string;
  /** Leads to the page of a recipient's address. */
  readonly allOfAddress: string;
  readonly cancelOne: (address: string) => string;
  readonly cancelOneButton: string;
  /** How many recipients there are, and how many of them it reached, is under way to, and did not reach. */
  readonly reached: (n: number, of: number) => string;
  readonly waiting: (n: number) => string;
  readonly unreached: (n: number) => string;
  readonly supersededBy: string;
  readonly supersedes: string;
  readonly concerns: string;
  /** Around a time. */
  readonly againAt: Around;
  /** What to do about a failure. */
  readonly todo: Readonly<Record<Category, string>>;
  readonly sure: {
    readonly label: string;
    readonly lead: string;
    /** A whole sentence each. */
    readonly rungs: Readonly<Record<Confidence, string>>;
  };
  readonly steps: {
    readonly accepted: (account: string) => string;
    readonly inPlaceOf: (address: string) => string;
    readonly takenByServer: (server: string) => string;
    readonly takenByProvider: (server: string) => string;
    readonly taken: (server: string) => string;
    readonly putOff: (why: string) => string;
    readonly refused: (why: string) => string;
    readonly unanswered: string;
    readonly internal: string;
    readonly running: string;
    readonly held: string;
    readonly heldBy: (name: string) => string;
    readonly released: string;
    readonly cancelled: string;
    readonly suppressed: string;
    readonly expired: string;
    readonly resent: string;
    readonly resentTo: (address: string) => string;
    readonly more: (n: number) => string;
    readonly next: string;
    readonly givesUp: Around;
  };
  readonly technical: {
    readonly summary: string;
    readonly server: string;
    readonly address: string;
    readonly encryption: string;
    readonly cipher: string;
    readonly took: string;
    readonly phase: string;
    readonly remoteId: string;
    readonly client: string;
  };
  readonly fix: {
    readonly open: string;
    readonly again: string;
    readonly address: string;
    readonly submit: string;
    readonly sameContent: string;
    /** Why it was not sent. */
    readonly pending: string;
    readonly erased: string;
  };
  readonly content: {
    readonly title: string;
    readonly lead: string;
    readonly tabs: { readonly preview: string; readonly text: string; readonly attachments: string; readonly source: string };
    readonly close: string;
    readonly frame: string;
    readonly noText: string;
    readonly noFiles: string;
    readonly inline: string;
    readonly keep: (name: string) => string;
    readonly save: string;
    readonly sourceCut: (shown: string, size: string) => string;
    readonly unreadable: string;
  };
  readonly remove: {
    readonly open: string;
    readonly lead: string;
    readonly pending: (n: number) => string;
    readonly force: string;
    readonly refused: (n: number) => string;
    readonly legalHold: string;
    readonly submit: string;
  };
  readonly evidence: string;
  /** An action that fits none of the recipients any more. */
  readonly tooLate: string;
}

const oneOrMany = (n: number): boolean => n === 1;
const enCount = counter('en', oneOrMany);
const frCount = counter('fr', (n) => n < 2);
const nlCount = counter('nl', oneOrMany);
const deCount = counter('de', oneOrMany);

const en: MessagePageWords = {
  newTab: 'opens in a new tab',
  openContact: 'Open the contact in the ERP',
  openDocument: 'Open the document in the ERP',
  allOfAddress: 'All mail to it',
  cancelOne: (address) => `${address} is still in the queue. Cancelled mail is not sent, and that can not be undone.`,
  cancelOneButton: 'Cancel for this recipient',
  reached: (n, of) => `Reached ${n.toLocaleString('en')} of ${enCount(of, 'recipient', 'recipients')}`,
  waiting: (n) => `${enCount(n, 'is', 'are')} under way`,
  unreached: (n) => `${n.toLocaleString('en')} not reached`,
  supersededBy: 'Sent again as',
  supersedes: 'This is another message, sent again:',
  concerns: 'Tells of this message:',
  againAt: ['It is tried again at ', '.'],
  todo: {
    'mailbox-unknown': 'Ask for the right address, correct it in the ERP, and send the message again.',
    'domain-unknown': 'Look for a typing error behind the @, correct it in the ERP, and send the message again.',
    'mailbox-full': 'Tell the recipient another way. Once there is room, the message can be sent again.',
    'mailbox-disabled': 'Ask who takes the mail now, and correct the address in the ERP.',
    'too-big': 'Send smaller attachments, or a link in their place.',
    blocked: 'The address is fine: whoever runs the sending server has to have it taken off the block list.',
    auth: 'The address is fine: whoever runs the sender’s domain has to put SPF, DKIM or DMARC right.',
    spam: 'Ask the recipient to allow the sender, and look at what the message says and links to.',
    virus: 'Look at the attachments before anything is sent again.',
    policy: 'The reply says which rule it was; the recipient’s postmaster can allow it.',
    rate: 'Send it again later, or more slowly.',
    transient: 'Send it again: the fault may be over.',
    unknown: 'The server’s reply is all that is known.',
  },
  sure: {
    label: 'How sure',
    lead: 'From what is known at first to what is proven:',
    rungs: {
      recorded: 'recorded here',
      'accepted-by-provider': 'accepted by our provider',
      'accepted-by-recipient-server': 'accepted by the recipient’s server',
      'quiet-period-passed': 'no bounce came within the usual time',
      confirmed: 'confirmed by a report',
      contradicted: 'reports contradict each other',
    },
  },
  steps: {
    accepted: (account) => `Accepted from ${account}`,
    inPlaceOf: (address) => `Corrected: in place of ${address}`,
    takenByServer: (server) => `Accepted by the recipient’s server, ${server}`,
    takenByProvider: (server) => `Accepted by our provider, ${server}`,
    taken: (server) => `Accepted by ${server}`,
    putOff: (why) => `Put off: ${why}`,
    refused: (why) => `Refused: ${why}`,
    unanswered: 'No answer came',
    internal: 'A fault of relais itself; it does not count',
    running: 'An attempt is under way',
    held: 'Held back',
    heldBy: (name) => `Held back by ${name}`,
    released: 'Released',
    cancelled: 'Cancelled',
    suppressed: 'Not tried: the address is on the suppression list',
    expired: 'Given up: the time for retries ran out',
    resent: 'Sent again',
    resentTo: (address) => `Sent again to ${address}`,
    more: (n) => enCount(n, 'more attempt with the same result', 'more attempts with the same result'),
    next: 'Next attempt',
    givesUp: ['Given up at ', ' if nothing works until then'],
  },
  technical: {
    summary: 'Connection',
    server: 'Server',
    address: 'Address',
    encryption: 'Encryption',
    cipher: 'Cipher',
    took: 'Took',
    phase: 'Got as far as',
    remoteId: 'Known there as',
    client: 'Came from',
  },
  fix: {
    open: 'Correct and send again…',
    again: 'Send again…',
    address: 'Right address',
    submit: 'Send again',
    sameContent: 'The same content goes out as a new message in place of this one.',
    pending: 'Not sent: some of them are still in the queue. Cancel there first, or it may arrive twice.',
    erased: 'Not sent: the content was erased, nothing is left to send.',
  },
  content: {
    title: 'Content',
    lead: 'Who looks at the content stands in the audit log.',
    tabs: { preview: 'Preview', text: 'Text', attachments: 'Attachments', source: 'Source' },
    close: 'Close',
    frame: 'The message as its recipient sees it',
    noText: 'The message has no text of its own, only HTML.',
    noFiles: 'Nothing is attached.',
    inline: 'shown in the text',
    keep: (name) => `Save ${name}`,
    save: 'Save',
    sourceCut: (shown, size) => `The first ${shown} of ${size}. The whole is in the file.`,
    unreadable: 'The content can not be read: its bytes do not match their checksum.',
  },
  remove: {
    open: 'Delete…',
    lead: 'The record and the content are erased, here and on the disk. That can not be undone.',
    pending: (n) => `${enCount(n, 'recipient is', 'recipients are')} still in the queue.`,
    force: 'Cancel them first. They will not get the message.',
    refused: (n) => `Nothing was deleted: ${enCount(n, 'recipient is', 'recipients are')} still in the queue.`,
    legalHold: 'Nothing was deleted: it lies under a legal hold.',
    submit: 'Delete for good',
  },
  evidence: 'Evidence',
  tooLate: 'Nothing was changed: no recipient is in a state for that any more.',
};

const fr: MessagePageWords = {
  newTab: 's’ouvre dans un nouvel onglet',
  openContact: 'Ouvrir le contact dans l’ERP',
  openDocument: 'Ouvrir le document dans l’ERP',
  allOfAddress: 'Tout son courrier',
  cancelOne: (address) => `${address} est encore en file d’attente. Le courrier annulé n’est pas envoyé, et cela ne peut pas être défait.`,
  cancelOneButton: 'Annuler pour ce destinataire',
  reached: (n, of) => `A atteint ${n.toLocaleString('fr')} de ${frCount(of, 'destinataire', 'destinataires')}`,
  waiting: (n) => `${n.toLocaleString('fr')} en cours`,
  unreached: (n) => frCount(n, 'non atteint', 'non atteints'),
  supersededBy: 'Renvoyé comme',
  supersedes: 'Ceci est un autre message, renvoyé :',
  concerns: 'Parle de ce message :',
  againAt: ['Prochain essai à ', '.'],
  todo: {
    'mailbox-unknown': 'Demandez la bonne adresse, corrigez-la dans l’ERP et renvoyez le message.',
    'domain-unknown': 'Cherchez une faute de frappe après le @, corrigez-la dans l’ERP et renvoyez le message.',
    'mailbox-full': 'Prévenez le destinataire autrement. Dès qu’il y a de la place, le message peut être renvoyé.',
    'mailbox-disabled': 'Demandez qui reçoit ce courrier maintenant et corrigez l’adresse dans l’ERP.',
    'too-big': 'Envoyez des pièces jointes plus petites, ou un lien à leur place.',
    blocked: 'L’adresse est bonne : l’exploitant du serveur d’envoi doit le faire retirer de la liste noire.',
    auth: 'L’adresse est bonne : le responsable du domaine de l’expéditeur doit corriger SPF, DKIM ou DMARC.',
    spam: 'Demandez au destinataire d’autoriser l’expéditeur, et regardez ce que le message dit et où mènent ses liens.',
    virus: 'Regardez les pièces jointes avant tout renvoi.',
    policy: 'La réponse dit quelle règle c’était ; le responsable de messagerie du destinataire peut l’autoriser.',
    rate: 'Renvoyez-le plus tard, ou plus lentement.',
    transient: 'Renvoyez-le : l’incident est peut-être passé.',
    unknown: 'La réponse du serveur est tout ce que l’on sait.',
  },
  sure: {
    label: 'Certitude',
    lead: 'De ce que l’on sait d’abord à ce qui est prouvé :',
    rungs: {
      recorded: 'enregistré ici',
      'accepted-by-provider': 'accepté par notre fournisseur',
      'accepted-by-recipient-server': 'accepté par le serveur du destinataire',
      'quiet-period-passed': 'aucun retour dans le délai habituel',
      confirmed: 'confirmé par un rapport',
      contradicted: 'des rapports se contredisent',
    },
  },
  steps: {
    accepted: (account) => `Accepté de ${account}`,
    inPlaceOf: (address) => `Corrigé : à la place de ${address}`,
    takenByServer: (server) => `Accepté par le serveur du destinataire, ${server}`,
    takenByProvider: (server) => `Accepté par notre fournisseur, ${server}`,
    taken: (server) => `Accepté par ${server}`,
    putOff: (why) => `Différé : ${why}`,
    refused: (why) => `Refusé : ${why}`,
    unanswered: 'Aucune réponse n’est venue',
    internal: 'Une panne de relais même ; elle ne compte pas',
    running: 'Un essai est en cours',
    held: 'Retenu',
    heldBy: (name) => `Retenu par ${name}`,
    released: 'Libéré',
    cancelled: 'Annulé',
    suppressed: 'Non essayé : l’adresse figure sur la liste de blocage',
    expired: 'Abandonné : le temps des nouveaux essais est écoulé',
    resent: 'Renvoyé',
    resentTo: (address) => `Renvoyé à ${address}`,
    more: (n) => frCount(n, 'autre essai avec le même résultat', 'autres essais avec le même résultat'),
    next: 'Prochain essai',
    givesUp: ['Abandonné à ', ' si rien n’aboutit d’ici là'],
  },
  technical: {
    summary: 'Connexion',
    server: 'Serveur',
    address: 'Adresse',
    encryption: 'Chiffrement',
    cipher: 'Algorithme',
    took: 'Durée',
    phase: 'Arrivé jusque',
    remoteId: 'Connu là-bas comme',
    client: 'Venu de',
  },
  fix: {
    open: 'Corriger et renvoyer…',
    again: 'Renvoyer…',
    address: 'Bonne adresse',
    submit: 'Renvoyer',
    sameContent: 'Le même contenu part comme nouveau message à la place de celui-ci.',
    pending: 'Non renvoyé : certains sont encore en file d’attente. Annulez-les d’abord, sinon le message peut arriver deux fois.',
    erased: 'Non renvoyé : le contenu a été effacé, il ne reste rien à envoyer.',
  },
  content: {
    title: 'Contenu',
    lead: 'Qui regarde le contenu figure dans le journal d’audit.',
    tabs: { preview: 'Aperçu', text: 'Texte', attachments: 'Pièces jointes', source: 'Source' },
    close: 'Fermer',
    frame: 'Le message tel que son destinataire le voit',
    noText: 'Le message n’a pas de texte propre, seulement du HTML.',
    noFiles: 'Rien n’est joint.',
    inline: 'affiché dans le texte',
    keep: (name) => `Enregistrer ${name}`,
    save: 'Enregistrer',
    sourceCut: (shown, size) => `Les premiers ${shown} de ${size}. Le tout est dans le fichier.`,
    unreadable: 'Le contenu ne peut pas être lu : ses octets ne correspondent pas à leur somme de contrôle.',
  },
  remove: {
    open: 'Supprimer…',
    lead: 'L’enregistrement et le contenu sont effacés, ici et sur le disque. Cela ne peut pas être défait.',
    pending: (n) => `${frCount(n, 'destinataire est', 'destinataires sont')} encore en file d’attente.`,
    force: 'Les annuler d’abord. Ils ne recevront pas le message.',
    refused: (n) => `Rien n’a été supprimé : ${frCount(n, 'destinataire est', 'destinataires sont')} encore en file d’attente.`,
    legalHold: 'Rien n’a été supprimé : il fait l’objet d’une conservation légale.',
    submit: 'Supprimer définitivement',
  },
  evidence: 'Preuve',
  tooLate: 'Rien n’a changé : aucun destinataire n’est plus dans un état qui le permette.',
};

const nl: MessagePageWords = {
  newTab: 'opent in een nieuw tabblad',
  openContact: 'Contact openen in het ERP',
  openDocument: 'Document openen in het ERP',
  allOfAddress: 'Alle mail erheen',
  cancelOne: (address) =>
    `${address} staat nog in de wachtrij. Geannuleerde mail wordt niet verzonden, en dat kan niet ongedaan worden gemaakt.`,
  cancelOneButton: 'Annuleren voor deze ontvanger',
  reached: (n, of) => `Bereikte ${n.toLocaleString('nl')} van ${nlCount(of, 'ontvanger', 'ontvangers')}`,
  waiting: (n) => `${n.toLocaleString('nl')} onderweg`,
  unreached: (n) => `${n.toLocaleString('nl')} niet bereikt`,
  supersededBy: 'Opnieuw verzonden als',
  supersedes: 'Dit is een ander bericht, opnieuw verzonden:',
  concerns: 'Gaat over dit bericht:',
  againAt: ['Volgende poging om ', '.'],
  todo: {
    'mailbox-unknown': 'Vraag het juiste adres, verbeter het in het ERP en verzend het bericht opnieuw.',
    'domain-unknown': 'Zoek een typefout achter de @, verbeter die in het ERP en verzend het bericht opnieuw.',
    'mailbox-full': 'Laat het de ontvanger op een andere manier weten. Zodra er ruimte is, kan het bericht opnieuw worden verzonden.',
    'mailbox-disabled': 'Vraag wie de mail nu krijgt en verbeter het adres in het ERP.',
    'too-big': 'Stuur kleinere bijlagen, of een link in plaats daarvan.',
    blocked: 'Het adres klopt: de beheerder van de verzendende server moet die van de zwarte lijst laten halen.',
    auth: 'Het adres klopt: de beheerder van het domein van de afzender moet SPF, DKIM of DMARC in orde brengen.',
    spam: 'Vraag de ontvanger de afzender toe te laten, en kijk naar tekst en links van het bericht.',
    virus: 'Kijk naar de bijlagen voordat er iets opnieuw wordt verzonden.',
    policy: 'Het antwoord zegt welke regel het was; de postmaster van de ontvanger kan het toelaten.',
    rate: 'Verzend het later opnieuw, of langzamer.',
    transient: 'Verzend het opnieuw: de storing is misschien voorbij.',
    unknown: 'Het antwoord van de server is alles wat bekend is.',
  },
  sure: {
    label: 'Hoe zeker',
    lead: 'Van wat eerst bekend is tot wat bewezen is:',
    rungs: {
      recorded: 'hier vastgelegd',
      'accepted-by-provider': 'aangenomen door onze provider',
      'accepted-by-recipient-server': 'aangenomen door de server van de ontvanger',
      'quiet-period-passed': 'binnen de gebruikelijke tijd kwam niets terug',
      confirmed: 'bevestigd door een rapport',
      contradicted: 'rapporten spreken elkaar tegen',
    },
  },
  steps: {
    accepted: (account) => `Aangenomen van ${account}`,
    inPlaceOf: (address) => `Verbeterd: in plaats van ${address}`,
    takenByServer: (server) => `Aangenomen door de server van de ontvanger, ${server}`,
    takenByProvider: (server) => `Aangenomen door onze provider, ${server}`,
    taken: (server) => `Aangenomen door ${server}`,
    putOff: (why) => `Uitgesteld: ${why}`,
    refused: (why) => `Geweigerd: ${why}`,
    unanswered: 'Er kwam geen antwoord',
    internal: 'Een fout van relais zelf; die telt niet mee',
    running: 'Een poging is bezig',
    held: 'Vastgehouden',
    heldBy: (name) => `Vastgehouden door ${name}`,
    released: 'Vrijgegeven',
    cancelled: 'Geannuleerd',
    suppressed: 'Niet geprobeerd: het adres staat op de blokkeerlijst',
    expired: 'Opgegeven: de tijd voor nieuwe pogingen is om',
    resent: 'Opnieuw verzonden',
    resentTo: (address) => `Opnieuw verzonden aan ${address}`,
    more: (n) => nlCount(n, 'poging meer met hetzelfde resultaat', 'pogingen meer met hetzelfde resultaat'),
    next: 'Volgende poging',
    givesUp: ['Opgegeven om ', ' als het tot dan niet lukt'],
  },
  technical: {
    summary: 'Verbinding',
    server: 'Server',
    address: 'Adres',
    encryption: 'Versleuteling',
    cipher: 'Algoritme',
    took: 'Duur',
    phase: 'Gekomen tot',
    remoteId: 'Daar bekend als',
    client: 'Kwam van',
  },
  fix: {
    open: 'Verbeteren en opnieuw verzenden…',
    again: 'Opnieuw verzenden…',
    address: 'Juiste adres',
    submit: 'Opnieuw verzenden',
    sameContent: 'Dezelfde inhoud gaat als nieuw bericht in plaats van dit uit.',
    pending: 'Niet verzonden: sommigen staan nog in de wachtrij. Annuleer eerst daar, anders kan het twee keer aankomen.',
    erased: 'Niet verzonden: de inhoud is gewist, er is niets meer te verzenden.',
  },
  content: {
    title: 'Inhoud',
    lead: 'Wie de inhoud bekijkt, staat in het auditlogboek.',
    tabs: { preview: 'Voorbeeld', text: 'Tekst', attachments: 'Bijlagen', source: 'Bron' },
    close: 'Sluiten',
    frame: 'Het bericht zoals de ontvanger het ziet',
    noText: 'Het bericht heeft geen eigen tekst, alleen HTML.',
    noFiles: 'Er is niets bijgevoegd.',
    inline: 'getoond in de tekst',
    keep: (name) => `${name} opslaan`,
    save: 'Opslaan',
    sourceCut: (shown, size) => `De eerste ${shown} van ${size}. Het geheel staat in het bestand.`,
    unreadable: 'De inhoud kan niet worden gelezen: de bytes kloppen niet met hun controlegetal.',
  },
  remove: {
    open: 'Verwijderen…',
    lead: 'De registratie en de inhoud worden gewist, hier en op de schijf. Dat kan niet ongedaan worden gemaakt.',
    pending: (n) => `${nlCount(n, 'ontvanger staat', 'ontvangers staan')} nog in de wachtrij.`,
    force: 'Eerst annuleren. Zij krijgen het bericht niet.',
    refused: (n) => `Er is niets verwijderd: ${nlCount(n, 'ontvanger staat', 'ontvangers staan')} nog in de wachtrij.`,
    legalHold: 'Er is niets verwijderd: het valt onder een bewaarplicht.',
    submit: 'Definitief verwijderen',
  },
  evidence: 'Bewijs',
  tooLate: 'Er is niets veranderd: geen ontvanger is nog in een toestand waarin dat kan.',
};

const de: MessagePageWords = {
  newTab: 'öffnet einen neuen Tab',
  openContact: 'Kontakt im ERP öffnen',
  openDocument: 'Beleg im ERP öffnen',
  allOfAddress: 'Alle Mail dorthin',
  cancelOne: (address) =>
    `${address} ist noch in der Warteschlange. Abgebrochene Mail wird nicht gesendet, und das lässt sich nicht zurücknehmen.`,
  cancelOneButton: 'Für diesen Empfänger abbrechen',
  reached: (n, of) => `${n.toLocaleString('de')} von ${deCount(of, 'Empfänger', 'Empfängern')} erreicht`,
  waiting: (n) => `${n.toLocaleString('de')} unterwegs`,
  unreached: (n) => `${n.toLocaleString('de')} nicht erreicht`,
  supersededBy: 'Erneut gesendet als',
  supersedes: 'Dies ist eine andere Nachricht, erneut gesendet:',
  concerns: 'Handelt von dieser Nachricht:',
  againAt: ['Nächster Versuch um ', '.'],
  todo: {
    'mailbox-unknown': 'Fragen Sie nach der richtigen Adresse, berichtigen Sie sie im ERP und senden Sie die Nachricht erneut.',
    'domain-unknown': 'Suchen Sie einen Tippfehler hinter dem @, berichtigen Sie ihn im ERP und senden Sie die Nachricht erneut.',
    'mailbox-full': 'Sagen Sie es dem Empfänger auf anderem Weg. Sobald Platz ist, kann die Nachricht erneut gesendet werden.',
    'mailbox-disabled': 'Fragen Sie, wer die Mail jetzt bekommt, und berichtigen Sie die Adresse im ERP.',
    'too-big': 'Senden Sie kleinere Anhänge oder an ihrer Stelle einen Link.',
    blocked: 'Die Adresse stimmt: Wer den sendenden Server betreibt, muss ihn von der Sperrliste nehmen lassen.',
    auth: 'Die Adresse stimmt: Wer die Domain des Absenders betreut, muss SPF, DKIM oder DMARC in Ordnung bringen.',
    spam: 'Bitten Sie den Empfänger, den Absender zuzulassen, und sehen Sie nach, was die Nachricht sagt und wohin ihre Links führen.',
    virus: 'Sehen Sie sich die Anhänge an, bevor etwas erneut gesendet wird.',
    policy: 'Die Antwort sagt, welche Regel es war; der Postmaster des Empfängers kann es zulassen.',
    rate: 'Senden Sie sie später erneut, oder langsamer.',
    transient: 'Senden Sie sie erneut: Die Störung ist vielleicht vorüber.',
    unknown: 'Mehr als die Antwort des Servers ist nicht bekannt.',
  },
  sure: {
    label: 'Wie sicher',
    lead: 'Von dem, was zuerst bekannt ist, bis zu dem, was bewiesen ist:',
    rungs: {
      recorded: 'hier aufgezeichnet',
      'accepted-by-provider': 'von unserem Provider angenommen',
      'accepted-by-recipient-server': 'vom Server des Empfängers angenommen',
      'quiet-period-passed': 'in der üblichen Zeit kam nichts zurück',
      confirmed: 'durch einen Bericht bestätigt',
      contradicted: 'Berichte widersprechen einander',
    },
  },
  steps: {
    accepted: (account) => `Angenommen von ${account}`,
    inPlaceOf: (address) => `Berichtigt: anstelle von ${address}`,
    takenByServer: (server) => `Vom Server des Empfängers angenommen, ${server}`,
    takenByProvider: (server) => `Von unserem Provider angenommen, ${server}`,
    taken: (server) => `Angenommen durch ${server}`,
    putOff: (why) => `Zurückgestellt: ${why}`,
    refused: (why) => `Abgelehnt: ${why}`,
    unanswered: 'Es kam keine Antwort',
    internal: 'Ein Fehler von relais selbst; er zählt nicht',
    running: 'Ein Versuch läuft',
    held: 'Angehalten',
    heldBy: (name) => `Angehalten von ${name}`,
    released: 'Freigegeben',
    cancelled: 'Abgebrochen',
    suppressed: 'Nicht versucht: Die Adresse steht auf der Sperrliste',
    expired: 'Aufgegeben: Die Zeit für Wiederholungen ist abgelaufen',
    resent: 'Erneut gesendet',
    resentTo: (address) => `Erneut gesendet an ${address}`,
    more: (n) => deCount(n, 'weiterer Versuch mit demselben Ergebnis', 'weitere Versuche mit demselben Ergebnis'),
    next: 'Nächster Versuch',
    givesUp: ['Aufgegeben um ', ', wenn bis dahin nichts gelingt'],
  },
  technical: {
    summary: 'Verbindung',
    server: 'Server',
    address: 'Adresse',
    encryption: 'Verschlüsselung',
    cipher: 'Verfahren',
    took: 'Dauer',
    phase: 'Gekommen bis',
    remoteId: 'Dort bekannt als',
    client: 'Kam von',
  },
  fix: {
    open: 'Berichtigen und erneut senden…',
    again: 'Erneut senden…',
    address: 'Richtige Adresse',
    submit: 'Erneut senden',
    sameContent: 'Derselbe Inhalt geht als neue Nachricht anstelle dieser hinaus.',
    pending: 'Nicht gesendet: Einige sind noch in der Warteschlange. Brechen Sie dort zuerst ab, sonst kommt sie womöglich zweimal an.',
    erased: 'Nicht gesendet: Der Inhalt wurde gelöscht, es ist nichts mehr zu senden.',
  },
  content: {
    title: 'Inhalt',
    lead: 'Wer den Inhalt ansieht, steht im Audit-Protokoll.',
    tabs: { preview: 'Vorschau', text: 'Text', attachments: 'Anhänge', source: 'Quelltext' },
    close: 'Schließen',
    frame: 'Die Nachricht, wie ihr Empfänger sie sieht',
    noText: 'Die Nachricht hat keinen eigenen Text, nur HTML.',
    noFiles: 'Nichts ist angehängt.',
    inline: 'im Text gezeigt',
    keep: (name) => `${name} speichern`,
    save: 'Speichern',
    sourceCut: (shown, size) => `Die ersten ${shown} von ${size}. Das Ganze steht in der Datei.`,
    unreadable: 'Der Inhalt lässt sich nicht lesen: Seine Bytes stimmen nicht mit ihrer Prüfsumme überein.',
  },
  remove: {
    open: 'Löschen…',
    lead: 'Aufzeichnung und Inhalt werden gelöscht, hier und auf der Platte. Das lässt sich nicht zurücknehmen.',
    pending: (n) => `${deCount(n, 'Empfänger ist', 'Empfänger sind')} noch in der Warteschlange.`,
    force: 'Zuerst abbrechen. Sie bekommen die Nachricht nicht.',
    refused: (n) => `Nichts wurde gelöscht: ${deCount(n, 'Empfänger ist', 'Empfänger sind')} noch in der Warteschlange.`,
    legalHold: 'Nichts wurde gelöscht: Sie liegt unter einer Aufbewahrungssperre.',
    submit: 'Endgültig löschen',
  },
  evidence: 'Nachweis',
  tooLate: 'Nichts wurde geändert: Kein Empfänger ist mehr in einem Zustand, in dem das geht.',
};

export const messagePage = { en, fr, nl, de };
