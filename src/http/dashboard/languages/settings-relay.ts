/** The settings of the relay itself, as they run: accounts, routes, DNS, the configuration. */
import type { DnsChecked } from '../../../domain/dns-check.ts';
import { DNS_ENGLISH, type DnsWords } from '../../../domain/dns-words.ts';
import type { RouteCondition } from '../../../domain/routing.ts';
import type { MxRoute, Route, SmarthostRoute } from '../../../domain/settings.ts';

export interface RelaySettingsWords {
  readonly asConfigured: string;
  readonly file: (path: string) => string;
  readonly sandbox: string;
  readonly accounts: {
    readonly lead: string;
    readonly name: string;
    readonly signIn: string;
    readonly byPassword: string;
    readonly byNetwork: string;
    readonly notAtAll: string;
    readonly senders: string;
    readonly anySender: string;
    readonly notifications: string;
    readonly kinds: Readonly<Record<'standard' | 'requested' | 'none', string>>;
    readonly last: string;
    readonly never: string;
    readonly messages: string;
    readonly defaultName: string;
  };
  readonly routes: {
    readonly lead: string;
    readonly none: string;
    readonly via: Readonly<Record<Route['via'], string>>;
    readonly everything: string;
    readonly conditions: Readonly<Record<RouteCondition, string>>;
    readonly to: string;
    readonly byMx: string;
    readonly tls: string;
    readonly tlsKinds: Readonly<Record<SmarthostRoute['tls'] | MxRoute['tls'], string>>;
    readonly policies: (names: string) => string;
    readonly user: string;
    readonly returnPath: string;
    readonly token: (domain: string) => string;
    readonly preserved: string;
    readonly limits: string;
    readonly limitWords: (connections: number, messages: number) => string;
    readonly rate: (messages: number, per: string) => string;
    readonly test: string;
    readonly testLead: string;
    readonly from: string;
    readonly fromHint: string;
    readonly recipient: string;
    readonly account: string;
    readonly ask: string;
    readonly noAddress: (text: string) => string;
    readonly takes: (n: number) => string;
    readonly takesNothing: string;
    readonly nothing: string;
    readonly holds: string;
    readonly covers: (condition: string, pattern: string, value: string) => string;
    readonly coversNot: (condition: string, value: string) => string;
    readonly noConditions: string;
    readonly nullPath: string;
    readonly refused: (account: string, sender: string) => string;
    readonly taken: string;
    readonly passed: string;
    readonly notAsked: string;
  };
  readonly dns: {
    readonly lead: string;
    readonly check: string;
    readonly again: string;
    readonly took: (seconds: string) => string;
    readonly nothing: string;
    readonly sandbox: string;
    readonly states: Readonly<Record<DnsChecked['state'], string>>;
    readonly what: Readonly<Record<DnsChecked['what'], string>>;
    readonly allWell: string;
    readonly words: DnsWords;
  };
  readonly configuration: {
    readonly lead: string;
    readonly secret: string;
  };
}

const en: RelaySettingsWords = {
  asConfigured: 'As the configuration has it; changed there, and read again on SIGHUP.',
  file: (path) => `From ${path}.`,
  sandbox: 'The sandbox’s own: there is no configuration file.',
  accounts: {
    lead: 'Who may submit mail: one an ERP environment.',
    name: 'Account',
    signIn: 'Signs in',
    byPassword: 'with a password',
    byNetwork: 'from trusted networks, without a password',
    notAtAll: 'not at all: it has no password',
    senders: 'May send as',
    anySender: 'anybody',
    notifications: 'Tells senders',
    kinds: { standard: 'failures and delays', requested: 'only what they ask for', none: 'nothing' },
    last: 'Last message',
    never: 'none yet',
    messages: 'Messages',
    defaultName: 'for submission.networks',
  },
  routes: {
    lead: 'The first route that matches takes a recipient.',
    none: 'There are no routes: everything is held.',
    via: { smarthost: 'Smarthost', mx: 'Directly to the recipients’ servers', sandbox: 'Sandbox', hold: 'Held back' },
    everything: 'Everything that comes this far',
    conditions: { recipientDomain: 'Recipients at', account: 'From account', sender: 'From sender' },
    to: 'To',
    byMx: 'the MX of the recipient’s domain',
    tls: 'TLS',
    tlsKinds: {
      none: 'none',
      opportunistic: 'where it is offered',
      required: 'required, with a certificate that holds',
      implicit: 'from the first octet, with a certificate that holds',
    },
    policies: (names) => `more where the domain asks for it by ${names}`,
    user: 'Signs in as',
    returnPath: 'Return path',
    token: (domain) => `an address of ours at ${domain}, so that bounces find their message`,
    preserved: 'the sender’s own',
    limits: 'Limits',
    limitWords: (connections, messages) => `${connections} connections, ${messages} messages on each`,
    rate: (messages, per) => `${messages} messages in ${per}`,
    test: 'Which route takes a mail?',
    testLead: 'Asks the rules alone: nothing is sent, nobody is asked.',
    from: 'From',
    fromHint: 'Empty: a bounce, which has no sender.',
    recipient: 'To',
    account: 'Account',
    ask: 'Find the route',
    noAddress: (text) => (text === '' ? 'An address is missing.' : `${text} is no mail address.`),
    takes: (n) => `Route ${n} takes it`,
    takesNothing: 'No route takes it: it would be held',
    nothing: 'Add a route without conditions at the end of the configuration.',
    holds: 'It is held until somebody releases it.',
    covers: (condition, pattern, value) => `${condition}: ${pattern} covers ${value}`,
    coversNot: (condition, value) => `${condition}: none covers ${value}`,
    noConditions: 'It has no conditions.',
    nullPath: 'a bounce, which has no sender',
    refused: (account, sender) => `The account ${account} may not send as ${sender}: it would be refused at once, with 550 5.7.1.`,
    taken: 'takes it',
    passed: 'passed over',
    notAsked: 'not asked any more',
  },
  dns: {
    lead: 'What the DNS says of the domains that mail is sent as, of the domain that bounces come back to, and of this relay’s own name.',
    check: 'Check now',
    again: 'Check again',
    took: (seconds) => `Asked just now, in ${seconds} s.`,
    nothing: 'There is nothing to ask: no account names the domain it sends as, no key signs, no domain takes bounces.',
    sandbox: 'In the sandbox nothing leaves this machine, so there is nothing to ask.',
    states: { ok: 'Well', warning: 'Look at it', failed: 'Wrong' },
    what: {
      DKIM: 'Signature keys',
      SPF: 'Who may send for the domain',
      DMARC: 'What receivers do with what is not signed',
      MX: 'Where bounces come back to',
      PTR: 'Our own name and address',
    },
    allWell: 'All is as it should be.',
    words: DNS_ENGLISH,
  },
  configuration: {
    lead: 'What is in force at this moment, defaults and all.',
    secret: 'Secrets are masked; what webhooks are called with is one too.',
  },
};

const fr: RelaySettingsWords = {
  asConfigured: 'Selon la configuration ; c’est là que cela se change, relue sur SIGHUP.',
  file: (path) => `D’après ${path}.`,
  sandbox: 'Celle du bac à sable : il n’y a pas de fichier de configuration.',
  accounts: {
    lead: 'Qui peut remettre du courrier : un compte par environnement d’ERP.',
    name: 'Compte',
    signIn: 'S’identifie',
    byPassword: 'par mot de passe',
    byNetwork: 'depuis les réseaux de confiance, sans mot de passe',
    notAtAll: 'pas du tout : il n’a pas de mot de passe',
    senders: 'Peut envoyer en tant que',
    anySender: 'n’importe qui',
    notifications: 'Prévient les expéditeurs',
    kinds: { standard: 'des échecs et des retards', requested: 'de ce qu’ils demandent seulement', none: 'de rien' },
    last: 'Dernier message',
    never: 'aucun encore',
    messages: 'Messages',
    defaultName: 'pour submission.networks',
  },
  routes: {
    lead: 'La première route qui convient prend le destinataire.',
    none: 'Il n’y a pas de route : tout est retenu.',
    via: { smarthost: 'Relais du fournisseur', mx: 'Directement aux serveurs des destinataires', sandbox: 'Bac à sable', hold: 'Retenu' },
    everything: 'Tout ce qui arrive jusqu’ici',
    conditions: { recipientDomain: 'Destinataires chez', account: 'Du compte', sender: 'De l’expéditeur' },
    to: 'Vers',
    byMx: 'le MX du domaine du destinataire',
    tls: 'TLS',
    tlsKinds: {
      none: 'aucun',
      opportunistic: 'quand il est proposé',
      required: 'exigé, avec un certificat valable',
      implicit: 'dès le premier octet, avec un certificat valable',
    },
    policies: (names) => `plus encore quand le domaine le demande par ${names}`,
    user: 'S’identifie comme',
    returnPath: 'Adresse de retour',
    token: (domain) => `une adresse à nous chez ${domain}, pour que les retours retrouvent leur message`,
    preserved: 'celle de l’expéditeur',
    limits: 'Limites',
    limitWords: (connections, messages) => `${connections} connexions, ${messages} messages sur chacune`,
    rate: (messages, per) => `${messages} messages en ${per}`,
    test: 'Quelle route prend un courrier ?',
    testLead: 'N’interroge que les règles : rien n’est envoyé, personne n’est contacté.',
    from: 'De',
    fromHint: 'Vide : un retour, qui n’a pas d’expéditeur.',
    recipient: 'À',
    account: 'Compte',
    ask: 'Trouver la route',
    noAddress: (text) => (text === '' ? 'Il manque une adresse.' : `${text} n’est pas une adresse.`),
    takes: (n) => `La route ${n} le prend`,
    takesNothing: 'Aucune route ne le prend : il serait retenu',
    nothing: 'Ajoutez une route sans condition à la fin de la configuration.',
    holds: 'Il est retenu jusqu’à ce que quelqu’un le libère.',
    covers: (condition, pattern, value) => `${condition} : ${pattern} couvre ${value}`,
    coversNot: (condition, value) => `${condition} : rien ne couvre ${value}`,
    noConditions: 'Elle n’a pas de condition.',
    nullPath: 'un retour, qui n’a pas d’expéditeur',
    refused: (account, sender) => `Le compte ${account} ne peut pas envoyer en tant que ${sender} : refus immédiat, par 550 5.7.1.`,
    taken: 'le prend',
    passed: 'passée',
    notAsked: 'plus interrogée',
  },
  dns: {
    lead: 'Ce que le DNS dit des domaines au nom desquels du courrier part, du domaine où reviennent les retours, et du nom de ce relais.',
    check: 'Contrôler maintenant',
    again: 'Contrôler de nouveau',
    took: (seconds) => `Interrogé à l’instant, en ${seconds} s.`,
    nothing: 'Il n’y a rien à demander : aucun compte ne nomme son domaine, aucune clé ne signe, aucun domaine ne prend les retours.',
    sandbox: 'Dans le bac à sable rien ne quitte cette machine : il n’y a rien à demander.',
    states: { ok: 'Bien', warning: 'À voir', failed: 'Erreur' },
    what: {
      DKIM: 'Clés de signature',
      SPF: 'Qui peut envoyer pour le domaine',
      DMARC: 'Ce que font les serveurs de ce qui n’est pas signé',
      MX: 'Où reviennent les retours',
      PTR: 'Notre nom et notre adresse',
    },
    allWell: 'Tout est comme il faut.',
    words: {
      unanswered: ({ name, error }) => `${name} n’a pas pu être résolu (${error}) : réessayez, ou voyez delivery.resolvers`,
      'dkim-ok': ({ name, type }) => `${name} est la clé configurée (${type})`,
      'dkim-missing': ({ name, publish }) => `${name} n’a pas d’enregistrement TXT, aucune signature ne vaut donc ; publiez ${publish}`,
      'dkim-several': ({ name, count }) => `${name} a ${count} enregistrements TXT ; laissez celui de cette clé`,
      'dkim-version': ({ name, version, publish }) => `${name} contient la version ${version}, pas DKIM1 ; publiez ${publish}`,
      'dkim-no-key': ({ name, publish }) => `${name} ne contient pas de clé (p=) ; publiez ${publish}`,
      'dkim-revoked': ({ name, publish }) => `${name} dit que la clé est révoquée (p= est vide) ; publiez ${publish}`,
      'dkim-type': ({ name, type, expected, publish }) =>
        `${name} est pour une clé de type ${type}, et celle qui est configurée est ${expected} ; publiez ${publish}`,
      'dkim-other-key': ({ name, publish }) => `${name} contient une autre clé que celle qui est configurée ; publiez ${publish}`,
      'dkim-hash': ({ name, publish }) => `${name} n’admet pas sha256 (h=) ; publiez ${publish}`,
      'dkim-service': ({ name, publish }) => `${name} n’est pas pour le courrier (s=) ; publiez ${publish}`,
      'dkim-testing': ({ name }) => `${name} dit que le domaine est à l’essai (t=y) : enlevez-le`,
      'spf-ok': ({ name, record }) => `${name} ${record}`,
      'spf-missing': ({ name }) =>
        `${name} n’a pas d’enregistrement SPF (TXT, v=spf1 …) : publiez-en un qui nomme les serveurs qui envoient son courrier, ce relais ou votre fournisseur`,
      'spf-several': ({ name }) => `${name} a plus d’un enregistrement SPF, ce qui compte comme une erreur : réunissez-les`,
      'dmarc-ok': ({ name, record }) => `${name} ${record}`,
      'dmarc-missing': ({ name }) =>
        `${name} n’a pas d’enregistrement DMARC : publiez _dmarc.${name} TXT "v=DMARC1; p=none" pour commencer`,
      'mx-ok': ({ name, hosts }) => `${name} ${hosts}`,
      'mx-missing': ({ name, hostname }) =>
        `${name} (reports.domain) n’a pas de MX, les retours ne reviennent donc pas ; publiez MX 10 ${hostname}.`,
      'mx-other': ({ name, hosts, hostname }) =>
        `le MX de ${name} (reports.domain) est ${hosts}, pas ${hostname} : veillez à ce qu’il transmette les retours à ce relais`,
      'ptr-ok': ({ name, hostname }) => `${name} ${hostname}`,
      'ptr-no-address': ({ name }) =>
        `${name} (hostname) n’a pas d’adresse : beaucoup de serveurs ne prennent pas de courrier d’un nom qui ne se résout pas`,
      'ptr-other': ({ name, hostname, names }) =>
        `${name}, une adresse de ${hostname}, renvoie à ${names === '' ? 'rien' : names} : faites-la régler sur ${hostname} par qui vous a donné l’adresse`,
    },
  },
  configuration: {
    lead: 'Ce qui est en vigueur en ce moment, valeurs par défaut comprises.',
    secret: 'Les secrets sont masqués ; l’adresse d’un webhook en est un aussi.',
  },
};

const nl: RelaySettingsWords = {
  asConfigured: 'Zoals de configuratie het zegt; daar wordt het gewijzigd, en bij SIGHUP opnieuw gelezen.',
  file: (path) => `Uit ${path}.`,
  sandbox: 'Die van de sandbox: er is geen configuratiebestand.',
  accounts: {
    lead: 'Wie mail mag aanbieden: één per ERP-omgeving.',
    name: 'Account',
    signIn: 'Meldt zich aan',
    byPassword: 'met een wachtwoord',
    byNetwork: 'vanuit vertrouwde netwerken, zonder wachtwoord',
    notAtAll: 'niet: er is geen wachtwoord',
    senders: 'Mag verzenden als',
    anySender: 'iedereen',
    notifications: 'Meldt afzenders',
    kinds: { standard: 'mislukkingen en vertragingen', requested: 'alleen wat ze vragen', none: 'niets' },
    last: 'Laatste bericht',
    never: 'nog geen',
    messages: 'Berichten',
    defaultName: 'voor submission.networks',
  },
  routes: {
    lead: 'De eerste route die past, neemt een ontvanger.',
    none: 'Er zijn geen routes: alles wordt vastgehouden.',
    via: { smarthost: 'Smarthost', mx: 'Rechtstreeks naar de servers van de ontvangers', sandbox: 'Sandbox', hold: 'Vastgehouden' },
    everything: 'Alles wat tot hier komt',
    conditions: { recipientDomain: 'Ontvangers bij', account: 'Van account', sender: 'Van afzender' },
    to: 'Naar',
    byMx: 'de MX van het domein van de ontvanger',
    tls: 'TLS',
    tlsKinds: {
      none: 'geen',
      opportunistic: 'waar het wordt aangeboden',
      required: 'verplicht, met een geldig certificaat',
      implicit: 'vanaf de eerste octet, met een geldig certificaat',
    },
    policies: (names) => `meer waar het domein erom vraagt met ${names}`,
    user: 'Meldt zich aan als',
    returnPath: 'Retouradres',
    token: (domain) => `een adres van ons bij ${domain}, zodat bounces hun bericht vinden`,
    preserved: 'dat van de afzender',
    limits: 'Grenzen',
    limitWords: (connections, messages) => `${connections} verbindingen, ${messages} berichten op elk`,
    rate: (messages, per) => `${messages} berichten in ${per}`,
    test: 'Welke route neemt een bericht?',
    testLead: 'Vraagt alleen de regels: er wordt niets verzonden en niemand gevraagd.',
    from: 'Van',
    fromHint: 'Leeg: een bounce, die geen afzender heeft.',
    recipient: 'Aan',
    account: 'Account',
    ask: 'Route zoeken',
    noAddress: (text) => (text === '' ? 'Er ontbreekt een adres.' : `${text} is geen mailadres.`),
    takes: (n) => `Route ${n} neemt het`,
    takesNothing: 'Geen route neemt het: het zou worden vastgehouden',
    nothing: 'Voeg aan het einde van de configuratie een route zonder voorwaarden toe.',
    holds: 'Het wordt vastgehouden tot iemand het vrijgeeft.',
    covers: (condition, pattern, value) => `${condition}: ${pattern} omvat ${value}`,
    coversNot: (condition, value) => `${condition}: niets omvat ${value}`,
    noConditions: 'Ze heeft geen voorwaarden.',
    nullPath: 'een bounce, die geen afzender heeft',
    refused: (account, sender) =>
      `Het account ${account} mag niet verzenden als ${sender}: het zou meteen geweigerd worden, met 550 5.7.1.`,
    taken: 'neemt het',
    passed: 'voorbijgegaan',
    notAsked: 'niet meer gevraagd',
  },
  dns: {
    lead: 'Wat de DNS zegt over de domeinen waarmee mail verzonden wordt, over het domein waar bounces terugkomen, en over de naam van dit relais.',
    check: 'Nu controleren',
    again: 'Opnieuw controleren',
    took: (seconds) => `Zojuist gevraagd, in ${seconds} s.`,
    nothing: 'Er valt niets te vragen: geen account noemt zijn domein, geen sleutel tekent, geen domein neemt bounces.',
    sandbox: 'In de sandbox verlaat niets deze machine: er valt niets te vragen.',
    states: { ok: 'Goed', warning: 'Nakijken', failed: 'Fout' },
    what: {
      DKIM: 'Sleutels voor handtekeningen',
      SPF: 'Wie voor het domein mag verzenden',
      DMARC: 'Wat ontvangers doen met wat niet getekend is',
      MX: 'Waar bounces terugkomen',
      PTR: 'Onze eigen naam en ons adres',
    },
    allWell: 'Alles is zoals het hoort.',
    words: {
      unanswered: ({ name, error }) => `${name} kon niet worden opgezocht (${error}): probeer opnieuw, of zie delivery.resolvers`,
      'dkim-ok': ({ name, type }) => `${name} is de geconfigureerde sleutel (${type})`,
      'dkim-missing': ({ name, publish }) => `${name} heeft geen TXT-record, dus geen handtekening geldt; publiceer ${publish}`,
      'dkim-several': ({ name, count }) => `${name} heeft ${count} TXT-records; laat dat van deze sleutel staan`,
      'dkim-version': ({ name, version, publish }) => `${name} heeft versie ${version}, niet DKIM1; publiceer ${publish}`,
      'dkim-no-key': ({ name, publish }) => `${name} heeft geen sleutel (p=); publiceer ${publish}`,
      'dkim-revoked': ({ name, publish }) => `${name} zegt dat de sleutel is ingetrokken (p= is leeg); publiceer ${publish}`,
      'dkim-type': ({ name, type, expected, publish }) =>
        `${name} is voor een sleutel van type ${type}, en de geconfigureerde is ${expected}; publiceer ${publish}`,
      'dkim-other-key': ({ name, publish }) => `${name} heeft een andere sleutel dan de geconfigureerde; publiceer ${publish}`,
      'dkim-hash': ({ name, publish }) => `${name} staat sha256 niet toe (h=); publiceer ${publish}`,
      'dkim-service': ({ name, publish }) => `${name} is niet voor mail (s=); publiceer ${publish}`,
      'dkim-testing': ({ name }) => `${name} zegt dat het domein test (t=y): haal dat weg`,
      'spf-ok': ({ name, record }) => `${name} ${record}`,
      'spf-missing': ({ name }) =>
        `${name} heeft geen SPF-record (TXT, v=spf1 …): publiceer er een die de servers noemt die zijn mail verzenden, dit relais of uw provider`,
      'spf-several': ({ name }) => `${name} heeft meer dan één SPF-record, wat als fout telt: voeg ze samen`,
      'dmarc-ok': ({ name, record }) => `${name} ${record}`,
      'dmarc-missing': ({ name }) => `${name} heeft geen DMARC-record: publiceer _dmarc.${name} TXT "v=DMARC1; p=none" om te beginnen`,
      'mx-ok': ({ name, hosts }) => `${name} ${hosts}`,
      'mx-missing': ({ name, hostname }) =>
        `${name} (reports.domain) heeft geen MX, dus bounces komen niet terug; publiceer MX 10 ${hostname}.`,
      'mx-other': ({ name, hosts, hostname }) =>
        `de MX van ${name} (reports.domain) is ${hosts}, niet ${hostname}: zorg dat die bounces aan dit relais doorgeeft`,
      'ptr-ok': ({ name, hostname }) => `${name} ${hostname}`,
      'ptr-no-address': ({ name }) => `${name} (hostname) heeft geen adres: veel servers nemen geen mail aan van een naam die niet oplost`,
      'ptr-other': ({ name, hostname, names }) =>
        `${name}, een adres van ${hostname}, wijst naar ${names === '' ? 'niets' : names}: laat wie u het adres gaf het op ${hostname} zetten`,
    },
  },
  configuration: {
    lead: 'Wat op dit moment geldt, standaardwaarden inbegrepen.',
    secret: 'Geheimen zijn afgedekt; waarmee een webhook wordt aangeroepen is er ook een.',
  },
};

const de: RelaySettingsWords = {
  asConfigured: 'Wie die Konfiguration es sagt; dort wird es geändert, und bei SIGHUP neu gelesen.',
  file: (path) => `Aus ${path}.`,
  sandbox: 'Die der Sandbox: Es gibt keine Konfigurationsdatei.',
  accounts: {
    lead: 'Wer Post einliefern darf: eines je ERP-Umgebung.',
    name: 'Konto',
    signIn: 'Meldet sich an',
    byPassword: 'mit einem Passwort',
    byNetwork: 'aus vertrauten Netzen, ohne Passwort',
    notAtAll: 'gar nicht: Es hat kein Passwort',
    senders: 'Darf senden als',
    anySender: 'jeder',
    notifications: 'Meldet Absendern',
    kinds: { standard: 'Fehlschläge und Verzögerungen', requested: 'nur, wonach sie fragen', none: 'nichts' },
    last: 'Letzte Nachricht',
    never: 'noch keine',
    messages: 'Nachrichten',
    defaultName: 'für submission.networks',
  },
  routes: {
    lead: 'Die erste Route, die passt, nimmt einen Empfänger.',
    none: 'Es gibt keine Routen: Alles wird angehalten.',
    via: { smarthost: 'Smarthost', mx: 'Direkt zu den Servern der Empfänger', sandbox: 'Sandbox', hold: 'Angehalten' },
    everything: 'Alles, was bis hierher kommt',
    conditions: { recipientDomain: 'Empfänger bei', account: 'Von Konto', sender: 'Von Absender' },
    to: 'An',
    byMx: 'den MX der Domain des Empfängers',
    tls: 'TLS',
    tlsKinds: {
      none: 'keines',
      opportunistic: 'wo es angeboten wird',
      required: 'verlangt, mit gültigem Zertifikat',
      implicit: 'vom ersten Oktett an, mit gültigem Zertifikat',
    },
    policies: (names) => `mehr, wo die Domain es mit ${names} verlangt`,
    user: 'Meldet sich an als',
    returnPath: 'Rücksendeadresse',
    token: (domain) => `eine Adresse von uns bei ${domain}, damit Rückläufer ihre Nachricht finden`,
    preserved: 'die des Absenders',
    limits: 'Grenzen',
    limitWords: (connections, messages) => `${connections} Verbindungen, ${messages} Nachrichten auf jeder`,
    rate: (messages, per) => `${messages} Nachrichten in ${per}`,
    test: 'Welche Route nimmt eine Nachricht?',
    testLead: 'Fragt nur die Regeln: Nichts wird gesendet, niemand gefragt.',
    from: 'Von',
    fromHint: 'Leer: ein Rückläufer, der keinen Absender hat.',
    recipient: 'An',
    account: 'Konto',
    ask: 'Route suchen',
    noAddress: (text) => (text === '' ? 'Eine Adresse fehlt.' : `${text} ist keine Mailadresse.`),
    takes: (n) => `Route ${n} nimmt sie`,
    takesNothing: 'Keine Route nimmt sie: Sie würde angehalten',
    nothing: 'Fügen Sie am Ende der Konfiguration eine Route ohne Bedingungen hinzu.',
    holds: 'Sie wird angehalten, bis jemand sie freigibt.',
    covers: (condition, pattern, value) => `${condition}: ${pattern} umfasst ${value}`,
    coversNot: (condition, value) => `${condition}: nichts umfasst ${value}`,
    noConditions: 'Sie hat keine Bedingungen.',
    nullPath: 'ein Rückläufer, der keinen Absender hat',
    refused: (account, sender) => `Das Konto ${account} darf nicht als ${sender} senden: Das würde sofort abgewiesen, mit 550 5.7.1.`,
    taken: 'nimmt sie',
    passed: 'übergangen',
    notAsked: 'nicht mehr gefragt',
  },
  dns: {
    lead: 'Was das DNS über die Domains sagt, in deren Namen gesendet wird, über die Domain, zu der Rückläufer kommen, und über den Namen dieses Relais.',
    check: 'Jetzt prüfen',
    again: 'Noch einmal prüfen',
    took: (seconds) => `Gerade gefragt, in ${seconds} s.`,
    nothing: 'Es gibt nichts zu fragen: Kein Konto nennt seine Domain, kein Schlüssel signiert, keine Domain nimmt Rückläufer.',
    sandbox: 'In der Sandbox verlässt nichts diese Maschine: Es gibt nichts zu fragen.',
    states: { ok: 'Gut', warning: 'Ansehen', failed: 'Falsch' },
    what: {
      DKIM: 'Schlüssel für Signaturen',
      SPF: 'Wer für die Domain senden darf',
      DMARC: 'Was Empfänger mit nicht Signiertem tun',
      MX: 'Wohin Rückläufer kommen',
      PTR: 'Unser eigener Name und unsere Adresse',
    },
    allWell: 'Alles ist, wie es sein soll.',
    words: {
      unanswered: ({ name, error }) =>
        `${name} konnte nicht abgefragt werden (${error}): noch einmal versuchen, oder siehe delivery.resolvers`,
      'dkim-ok': ({ name, type }) => `${name} ist der konfigurierte Schlüssel (${type})`,
      'dkim-missing': ({ name, publish }) => `${name} hat keinen TXT-Eintrag, also gilt keine Signatur; veröffentlichen Sie ${publish}`,
      'dkim-several': ({ name, count }) => `${name} hat ${count} TXT-Einträge; lassen Sie den dieses Schlüssels`,
      'dkim-version': ({ name, version, publish }) => `${name} hat die Version ${version}, nicht DKIM1; veröffentlichen Sie ${publish}`,
      'dkim-no-key': ({ name, publish }) => `${name} hat keinen Schlüssel (p=); veröffentlichen Sie ${publish}`,
      'dkim-revoked': ({ name, publish }) => `${name} sagt, der Schlüssel sei widerrufen (p= ist leer); veröffentlichen Sie ${publish}`,
      'dkim-type': ({ name, type, expected, publish }) =>
        `${name} ist für einen Schlüssel vom Typ ${type}, und der konfigurierte ist ${expected}; veröffentlichen Sie ${publish}`,
      'dkim-other-key': ({ name, publish }) => `${name} hat einen anderen Schlüssel als den konfigurierten; veröffentlichen Sie ${publish}`,
      'dkim-hash': ({ name, publish }) => `${name} lässt sha256 nicht zu (h=); veröffentlichen Sie ${publish}`,
      'dkim-service': ({ name, publish }) => `${name} ist nicht für Post (s=); veröffentlichen Sie ${publish}`,
      'dkim-testing': ({ name }) => `${name} sagt, die Domain teste noch (t=y): Nehmen Sie das heraus`,
      'spf-ok': ({ name, record }) => `${name} ${record}`,
      'spf-missing': ({ name }) =>
        `${name} hat keinen SPF-Eintrag (TXT, v=spf1 …): Veröffentlichen Sie einen, der die Server nennt, die ihre Post senden, dieses Relais oder Ihren Anbieter`,
      'spf-several': ({ name }) => `${name} hat mehr als einen SPF-Eintrag, was als Fehler zählt: Fassen Sie sie zusammen`,
      'dmarc-ok': ({ name, record }) => `${name} ${record}`,
      'dmarc-missing': ({ name }) =>
        `${name} hat keinen DMARC-Eintrag: Veröffentlichen Sie für den Anfang _dmarc.${name} TXT "v=DMARC1; p=none"`,
      'mx-ok': ({ name, hosts }) => `${name} ${hosts}`,
      'mx-missing': ({ name, hostname }) =>
        `${name} (reports.domain) hat keinen MX, also kommen Rückläufer nicht zurück; veröffentlichen Sie MX 10 ${hostname}.`,
      'mx-other': ({ name, hosts, hostname }) =>
        `der MX von ${name} (reports.domain) ist ${hosts}, nicht ${hostname}: Sorgen Sie dafür, dass er Rückläufer an dieses Relais weitergibt`,
      'ptr-ok': ({ name, hostname }) => `${name} ${hostname}`,
      'ptr-no-address': ({ name }) =>
        `${name} (hostname) hat keine Adresse: Viele Server nehmen von einem Namen, der nicht auflöst, keine Post`,
      'ptr-other': ({ name, hostname, names }) =>
        `${name}, eine Adresse von ${hostname}, zeigt auf ${names === '' ? 'nichts' : names}: Lassen Sie sie von dem, der sie Ihnen gab, auf ${hostname} setzen`,
    },
  },
  configuration: {
    lead: 'Was in diesem Augenblick gilt, Vorgaben eingeschlossen.',
    secret: 'Geheimnisse sind verdeckt; womit ein Webhook aufgerufen wird, ist auch eines.',
  },
};

export const relaySettingsWords = { en, fr, nl, de };
