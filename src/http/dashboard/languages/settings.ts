/** The settings: who one is, users and tokens, and what their forms say is wrong. */
import type { Permission, Role, SessionRecord } from '../../../domain/ports.ts';

export interface SettingsWords {
  readonly title: string;
  readonly tabs: Readonly<
    Record<'profile' | 'users' | 'tokens' | 'accounts' | 'routes' | 'dns' | 'configuration' | 'clean-up' | 'audit', string>
  >;
  readonly done: string;
  readonly roles: Readonly<Record<Role, string>>;
  readonly roleHints: Readonly<Record<Role, string>>;
  readonly permissions: Readonly<Record<Permission, string>>;
  readonly rights: {
    readonly role: string;
    readonly accounts: string;
    readonly allAccounts: string;
    readonly someAccounts: string;
    readonly permissions: string;
    readonly ofRole: string;
    readonly explicit: string;
    readonly explicitHint: string;
  };
  readonly profile: {
    readonly you: string;
    readonly local: string;
    readonly token: (name: string) => string;
    readonly provider: (host: string) => string;
    readonly language: string;
    readonly asBrowser: string;
    readonly save: string;
    readonly password: string;
    readonly passwordLead: string;
    readonly current: string;
    readonly fresh: string;
    readonly again: string;
    readonly change: string;
    readonly changed: string;
    readonly factor: string;
    readonly factorLead: string;
    readonly factorOff: string;
    readonly factorSince: string;
    readonly codesLeft: (n: number) => string;
    readonly setUp: string;
    readonly remove: string;
    readonly removed: string;
    readonly newCodes: string;
    readonly setUpTitle: string;
    readonly scan: string;
    readonly qr: string;
    readonly byHand: string;
    readonly enterCode: string;
    readonly code: string;
    readonly confirmPassword: string;
    readonly turnOn: string;
    readonly codesTitle: string;
    readonly codesLead: string;
    readonly codesDone: string;
    readonly back: string;
  };
  readonly sessions: {
    readonly title: string;
    readonly lead: string;
    readonly via: Readonly<Record<SessionRecord['via'], string>>;
    readonly here: string;
    readonly seen: string;
    readonly opened: string;
    readonly unknown: string;
    readonly end: string;
    readonly endOthers: string;
    readonly endAll: string;
    readonly none: string;
    readonly ended: (n: number) => string;
  };
  readonly users: {
    readonly lead: string;
    readonly add: string;
    readonly name: string;
    readonly nameHint: string;
    readonly password: string;
    readonly passwordHint: string;
    readonly submit: string;
    readonly none: string;
    readonly signIn: string;
    readonly byPassword: string;
    readonly byCode: string;
    readonly byProvider: string;
    readonly lastSignIn: string;
    readonly never: string;
    readonly disabled: string;
    readonly you: string;
    readonly save: string;
    readonly saved: string;
    readonly managed: (host: string) => string;
    readonly setPassword: string;
    readonly setPasswordLead: string;
    readonly passwordSet: string;
    readonly removeFactor: string;
    readonly removeFactorLead: string;
    readonly disable: string;
    readonly disableLead: string;
    readonly enable: string;
    readonly enableLead: string;
    readonly delete: string;
    readonly deleteLead: string;
    readonly deleteConfirm: (name: string) => string;
    readonly deleted: (name: string) => string;
    readonly danger: string;
  };
  readonly tokens: {
    readonly lead: string;
    readonly add: string;
    readonly name: string;
    readonly expires: string;
    readonly lifetimes: Readonly<Record<'30d' | '90d' | '365d' | 'never', string>>;
    readonly submit: string;
    readonly none: string;
    readonly created: string;
    readonly lastUsed: string;
    readonly never: string;
    readonly neverExpires: string;
    readonly expired: string;
    readonly onceTitle: (name: string) => string;
    readonly onceLead: string;
    readonly token: string;
    readonly example: string;
    readonly back: string;
    readonly save: string;
    readonly saved: string;
    readonly renew: string;
    readonly keep: string;
    readonly revoke: string;
    readonly revokeLead: string;
    readonly revokeConfirm: (name: string) => string;
    readonly revoked: (name: string) => string;
  };
  readonly faults: {
    readonly name: string;
    readonly nameTaken: (name: string) => string;
    readonly short: (n: number) => string;
    readonly long: (n: number) => string;
    readonly differ: string;
    readonly wrongPassword: string;
    readonly wrongCode: string;
    readonly setUpOver: string;
    readonly role: string;
    readonly noAccount: string;
    readonly noPermission: string;
    readonly notGranted: (permissions: string) => string;
    readonly ownAccess: string;
    readonly managed: string;
    readonly confirm: string;
    readonly tooMany: (seconds: number) => string;
    readonly above: string;
  };
}

const en: SettingsWords = {
  title: 'Settings',
  tabs: {
    profile: 'Profile',
    users: 'Users',
    tokens: 'Tokens',
    accounts: 'Accounts',
    routes: 'Routes',
    dns: 'DNS check',
    configuration: 'Configuration',
    'clean-up': 'Clean-up',
    audit: 'Audit log',
  },
  done: 'Saved.',
  roles: { viewer: 'Viewer', operator: 'Operator', admin: 'Administrator' },
  roleHints: {
    viewer: 'Sees messages and what became of them. Reads no content, changes nothing.',
    operator: 'Reads content too, sends again, looks after the queue and suppressed addresses.',
    admin: 'All of it: deletes, signals, users, settings, the audit log.',
  },
  permissions: {
    'messages:read': 'See messages and what became of them',
    'messages:content': 'Read content, previews, attachments, raw reports',
    'messages:send': 'Send messages over HTTP',
    'messages:resend': 'Send again, also to corrected addresses',
    'messages:delete': 'Delete messages, run the clean-up',
    'changes:read': 'Follow the change feed',
    'queue:manage': 'Retry, hold, release, cancel; link reports',
    'sync:run': 'Collect reports from mailboxes',
    'suppressions:manage': 'Suppress addresses and lift that',
    'signals:manage': 'Signals and their deliveries',
    'access:manage': 'Users, tokens, sessions',
    'settings:read': 'Accounts, routes, configuration, DNS check',
    'audit:read': 'Read the audit log',
    'backup:run': 'Make backups',
  },
  rights: {
    role: 'Role',
    accounts: 'Whose mail',
    allAccounts: 'Of all accounts',
    someAccounts: 'Of these alone',
    permissions: 'Permissions',
    ofRole: 'those of the role',
    explicit: 'Exactly these, in place of the role’s',
    explicitHint: 'Where the role gives too much or too little.',
  },
  profile: {
    you: 'You',
    local: 'Signed in by a link from the machine relais runs on, with full rights.',
    token: (name) => `Signed in with the token ${name}.`,
    provider: (host) => `You sign in at ${host}: password and second factor are there.`,
    language: 'Language of the pages',
    asBrowser: 'As the browser asks',
    save: 'Save',
    password: 'Password',
    passwordLead: 'A new password signs you out everywhere else.',
    current: 'Current password',
    fresh: 'New password',
    again: 'New password once more',
    change: 'Change the password',
    changed: 'The password is changed, and all other browsers are signed out.',
    factor: 'Second factor',
    factorLead: 'A code of an authenticator app beside the password: whoever learns your password still can not sign in.',
    factorOff: 'Not set up.',
    factorSince: 'Set up',
    codesLeft: (n) => (n === 1 ? '1 recovery code is left' : `${n} recovery codes are left`),
    setUp: 'Set it up',
    remove: 'Take it away',
    removed: 'The second factor is taken away.',
    newCodes: 'Make new recovery codes',
    setUpTitle: 'Set up the second factor',
    scan: 'Scan this with an authenticator app.',
    qr: 'QR code with the secret for the app',
    byHand: 'Or type this secret into the app:',
    enterCode: 'Then enter the code that it shows.',
    code: 'Code',
    confirmPassword: 'Your password',
    turnOn: 'Turn it on',
    codesTitle: 'Your recovery codes',
    codesLead: 'Each signs you in once when the device is not at hand. Keep them where the device is not: they are shown this once.',
    codesDone: 'I have kept them',
    back: 'Profile',
  },
  sessions: {
    title: 'Signed-in browsers',
    lead: 'A browser stays signed in for 12 hours.',
    via: {
      password: 'with the password',
      totp: 'with password and code',
      recovery: 'with a recovery code',
      oidc: 'at the identity provider',
      token: 'with a token',
      link: 'by a link',
    },
    here: 'This one',
    seen: 'Last seen',
    opened: 'Signed in',
    unknown: 'A browser that does not say which',
    end: 'Sign out',
    endOthers: 'Sign out everywhere else',
    endAll: 'Sign out everywhere',
    none: 'No browser is signed in.',
    ended: (n) => (n === 1 ? 'One browser is signed out.' : `${n} browsers are signed out.`),
  },
  users: {
    lead: 'People who sign in to these pages.',
    add: 'Add a user',
    name: 'Name',
    nameHint: 'Letters, digits and . _ @ + -',
    password: 'Password',
    passwordHint: 'To be handed over; the user can change it.',
    submit: 'Add the user',
    none: 'There are no users yet.',
    signIn: 'Sign-in',
    byPassword: 'Password',
    byCode: 'Password and code',
    byProvider: 'Identity provider',
    lastSignIn: 'Last sign-in',
    never: 'Never',
    disabled: 'Disabled',
    you: 'You',
    save: 'Save',
    saved: 'Saved.',
    managed: (host) => `Role and accounts come from ${host} with every sign-in.`,
    setPassword: 'Set a password',
    setPasswordLead: 'Signs the user out everywhere.',
    passwordSet: 'The password is set.',
    removeFactor: 'Take the second factor away',
    removeFactorLead: 'For somebody who lost the device and the recovery codes.',
    disable: 'Disable',
    disableLead: 'Signs the user out everywhere, and lets nobody in under this name.',
    enable: 'Enable again',
    enableLead: 'Lets the user sign in again.',
    delete: 'Remove the user',
    deleteLead: 'The audit log keeps what the user did.',
    deleteConfirm: (name) => `Yes, remove ${name}`,
    deleted: (name) => `${name} is removed.`,
    danger: 'Shut out',
  },
  tokens: {
    lead: 'What programs call the API with: an ERP, a script, Power BI.',
    add: 'Make a token',
    name: 'Name',
    expires: 'Expires',
    lifetimes: { '30d': 'in 30 days', '90d': 'in 90 days', '365d': 'in a year', never: 'never' },
    submit: 'Make the token',
    none: 'There are no tokens yet.',
    created: 'Made',
    lastUsed: 'Last used',
    never: 'Never',
    neverExpires: 'Never',
    expired: 'Expired',
    onceTitle: (name) => `The token ${name}`,
    onceLead: 'It is shown this once. Put it where the program finds it, and nowhere else.',
    token: 'Token',
    example: 'Try it',
    back: 'All tokens',
    save: 'Save',
    saved: 'Saved.',
    renew: 'New expiry',
    keep: 'as it is',
    revoke: 'Revoke the token',
    revokeLead: 'Ends at once, with the browsers that signed in with it.',
    revokeConfirm: (name) => `Yes, revoke ${name}`,
    revoked: (name) => `${name} is revoked.`,
  },
  faults: {
    name: '1 to 64 letters, digits and . _ @ + -, the first a letter or digit.',
    nameTaken: (name) => `The name ${name} is taken.`,
    short: (n) => `At least ${n} characters.`,
    long: (n) => `At most ${n} characters.`,
    differ: 'The two are not the same.',
    wrongPassword: 'That is not your password.',
    wrongCode: 'That is not the code that the app shows now.',
    setUpOver: 'That took longer than ten minutes: here is a new secret. Scan it again.',
    role: 'Choose a role.',
    noAccount: 'Choose at least one account, or all.',
    noPermission: 'Choose at least one permission.',
    notGranted: (permissions) => `You can not give what you do not have: ${permissions}.`,
    ownAccess: 'You can not take away your own way in: let somebody else do it.',
    managed: 'That comes from the identity provider: change it there.',
    confirm: 'Say that you mean it.',
    tooMany: (seconds) => `Too many tries. Wait ${seconds} seconds, then try again.`,
    above: 'Something is missing or wrong: see below.',
  },
};

const fr: SettingsWords = {
  title: 'Réglages',
  tabs: {
    profile: 'Profil',
    users: 'Utilisateurs',
    tokens: 'Jetons',
    accounts: 'Comptes',
    routes: 'Routes',
    dns: 'Contrôle DNS',
    configuration: 'Configuration',
    'clean-up': 'Nettoyage',
    audit: 'Journal d’audit',
  },
  done: 'Enregistré.',
  roles: { viewer: 'Lecteur', operator: 'Opérateur', admin: 'Administrateur' },
  roleHints: {
    viewer: 'Voit les messages et ce qu’ils sont devenus. Ne lit aucun contenu, ne change rien.',
    operator: 'Lit aussi le contenu, renvoie, s’occupe de la file d’attente et des adresses bloquées.',
    admin: 'Tout : suppressions, signaux, utilisateurs, réglages, journal d’audit.',
  },
  permissions: {
    'messages:read': 'Voir les messages et ce qu’ils sont devenus',
    'messages:content': 'Lire contenu, aperçus, pièces jointes, rapports bruts',
    'messages:send': 'Envoyer des messages par HTTP',
    'messages:resend': 'Renvoyer, aussi à des adresses corrigées',
    'messages:delete': 'Supprimer des messages, lancer le nettoyage',
    'changes:read': 'Suivre le flux des changements',
    'queue:manage': 'Réessayer, retenir, libérer, annuler ; rattacher des rapports',
    'sync:run': 'Relever les rapports dans les boîtes',
    'suppressions:manage': 'Bloquer et débloquer des adresses',
    'signals:manage': 'Signaux et leurs envois',
    'access:manage': 'Utilisateurs, jetons, sessions',
    'settings:read': 'Comptes, routes, configuration, contrôle DNS',
    'audit:read': 'Lire le journal d’audit',
    'backup:run': 'Faire des sauvegardes',
  },
  rights: {
    role: 'Rôle',
    accounts: 'Courrier visible',
    allAccounts: 'De tous les comptes',
    someAccounts: 'De ceux-ci seulement',
    permissions: 'Autorisations',
    ofRole: 'celles du rôle',
    explicit: 'Exactement celles-ci, à la place de celles du rôle',
    explicitHint: 'Quand le rôle donne trop, ou trop peu.',
  },
  profile: {
    you: 'Vous',
    local: 'Connecté par un lien venant de la machine de relais, avec tous les droits.',
    token: (name) => `Connecté avec le jeton ${name}.`,
    provider: (host) => `Vous vous connectez chez ${host} : mot de passe et second facteur s’y trouvent.`,
    language: 'Langue des pages',
    asBrowser: 'Celle que demande le navigateur',
    save: 'Enregistrer',
    password: 'Mot de passe',
    passwordLead: 'Un nouveau mot de passe vous déconnecte partout ailleurs.',
    current: 'Mot de passe actuel',
    fresh: 'Nouveau mot de passe',
    again: 'Nouveau mot de passe, encore une fois',
    change: 'Changer le mot de passe',
    changed: 'Le mot de passe est changé, et tous les autres navigateurs sont déconnectés.',
    factor: 'Second facteur',
    factorLead:
      'Un code d’une application d’authentification en plus du mot de passe : qui apprend votre mot de passe ne peut toujours pas se connecter.',
    factorOff: 'Non activé.',
    factorSince: 'Activé',
    codesLeft: (n) => (n < 2 ? `Il reste ${n} code de secours` : `Il reste ${n} codes de secours`),
    setUp: 'L’activer',
    remove: 'Le retirer',
    removed: 'Le second facteur est retiré.',
    newCodes: 'Créer de nouveaux codes de secours',
    setUpTitle: 'Activer le second facteur',
    scan: 'Scannez ceci avec une application d’authentification.',
    qr: 'Code QR contenant le secret pour l’application',
    byHand: 'Ou tapez ce secret dans l’application :',
    enterCode: 'Saisissez ensuite le code qu’elle affiche.',
    code: 'Code',
    confirmPassword: 'Votre mot de passe',
    turnOn: 'Activer',
    codesTitle: 'Vos codes de secours',
    codesLead:
      'Chacun vous connecte une fois quand l’appareil n’est pas là. Gardez-les ailleurs que l’appareil : ils ne sont affichés que cette fois.',
    codesDone: 'Je les ai gardés',
    back: 'Profil',
  },
  sessions: {
    title: 'Navigateurs connectés',
    lead: 'Un navigateur reste connecté pendant 12 heures.',
    via: {
      password: 'avec le mot de passe',
      totp: 'avec mot de passe et code',
      recovery: 'avec un code de secours',
      oidc: 'chez le fournisseur d’identité',
      token: 'avec un jeton',
      link: 'par un lien',
    },
    here: 'Celui-ci',
    seen: 'Vu',
    opened: 'Connecté',
    unknown: 'Un navigateur qui ne dit pas lequel',
    end: 'Déconnecter',
    endOthers: 'Déconnecter partout ailleurs',
    endAll: 'Déconnecter partout',
    none: 'Aucun navigateur n’est connecté.',
    ended: (n) => (n < 2 ? `${n} navigateur est déconnecté.` : `${n} navigateurs sont déconnectés.`),
  },
  users: {
    lead: 'Les personnes qui se connectent à ces pages.',
    add: 'Ajouter un utilisateur',
    name: 'Nom',
    nameHint: 'Lettres, chiffres et . _ @ + -',
    password: 'Mot de passe',
    passwordHint: 'À transmettre ; l’utilisateur peut le changer.',
    submit: 'Ajouter l’utilisateur',
    none: 'Il n’y a pas encore d’utilisateurs.',
    signIn: 'Connexion',
    byPassword: 'Mot de passe',
    byCode: 'Mot de passe et code',
    byProvider: 'Fournisseur d’identité',
    lastSignIn: 'Dernière connexion',
    never: 'Jamais',
    disabled: 'Désactivé',
    you: 'Vous',
    save: 'Enregistrer',
    saved: 'Enregistré.',
    managed: (host) => `Rôle et comptes viennent de ${host} à chaque connexion.`,
    setPassword: 'Définir un mot de passe',
    setPasswordLead: 'Déconnecte l’utilisateur partout.',
    passwordSet: 'Le mot de passe est défini.',
    removeFactor: 'Retirer le second facteur',
    removeFactorLead: 'Pour qui a perdu l’appareil et les codes de secours.',
    disable: 'Désactiver',
    disableLead: 'Déconnecte l’utilisateur partout et ne le laisse plus entrer.',
    enable: 'Réactiver',
    enableLead: 'Laisse de nouveau l’utilisateur se connecter.',
    delete: 'Supprimer l’utilisateur',
    deleteLead: 'Le journal d’audit garde ce qu’il a fait.',
    deleteConfirm: (name) => `Oui, supprimer ${name}`,
    deleted: (name) => `${name} est supprimé.`,
    danger: 'Exclure',
  },
  tokens: {
    lead: 'Ce avec quoi les programmes appellent l’API : un ERP, un script, Power BI.',
    add: 'Créer un jeton',
    name: 'Nom',
    expires: 'Expire',
    lifetimes: { '30d': 'dans 30 jours', '90d': 'dans 90 jours', '365d': 'dans un an', never: 'jamais' },
    submit: 'Créer le jeton',
    none: 'Il n’y a pas encore de jetons.',
    created: 'Créé',
    lastUsed: 'Dernier usage',
    never: 'Jamais',
    neverExpires: 'Jamais',
    expired: 'Expiré',
    onceTitle: (name) => `Le jeton ${name}`,
    onceLead: 'Il n’est affiché que cette fois. Mettez-le là où le programme le trouve, et nulle part ailleurs.',
    token: 'Jeton',
    example: 'L’essayer',
    back: 'Tous les jetons',
    save: 'Enregistrer',
    saved: 'Enregistré.',
    renew: 'Nouvelle échéance',
    keep: 'inchangée',
    revoke: 'Révoquer le jeton',
    revokeLead: 'Prend fin aussitôt, avec les navigateurs connectés par lui.',
    revokeConfirm: (name) => `Oui, révoquer ${name}`,
    revoked: (name) => `${name} est révoqué.`,
  },
  faults: {
    name: '1 à 64 lettres, chiffres et . _ @ + -, en commençant par une lettre ou un chiffre.',
    nameTaken: (name) => `Le nom ${name} est déjà pris.`,
    short: (n) => `Au moins ${n} caractères.`,
    long: (n) => `Au plus ${n} caractères.`,
    differ: 'Les deux ne sont pas identiques.',
    wrongPassword: 'Ce n’est pas votre mot de passe.',
    wrongCode: 'Ce n’est pas le code que l’application affiche en ce moment.',
    setUpOver: 'Plus de dix minutes se sont écoulées : voici un nouveau secret. Scannez-le de nouveau.',
    role: 'Choisissez un rôle.',
    noAccount: 'Choisissez au moins un compte, ou tous.',
    noPermission: 'Choisissez au moins une autorisation.',
    notGranted: (permissions) => `Vous ne pouvez pas donner ce que vous n’avez pas : ${permissions}.`,
    ownAccess: 'Vous ne pouvez pas vous retirer votre propre accès : laissez quelqu’un d’autre le faire.',
    managed: 'Cela vient du fournisseur d’identité : changez-le là-bas.',
    confirm: 'Confirmez que c’est voulu.',
    tooMany: (seconds) => `Trop d’essais. Attendez ${seconds} secondes, puis réessayez.`,
    above: 'Quelque chose manque ou ne va pas : voyez ci-dessous.',
  },
};

const nl: SettingsWords = {
  title: 'Instellingen',
  tabs: {
    profile: 'Profiel',
    users: 'Gebruikers',
    tokens: 'Tokens',
    accounts: 'Accounts',
    routes: 'Routes',
    dns: 'DNS-controle',
    configuration: 'Configuratie',
    'clean-up': 'Opruimen',
    audit: 'Auditlog',
  },
  done: 'Opgeslagen.',
  roles: { viewer: 'Lezer', operator: 'Operator', admin: 'Beheerder' },
  roleHints: {
    viewer: 'Ziet berichten en wat ervan geworden is. Leest geen inhoud, verandert niets.',
    operator: 'Leest ook inhoud, verzendt opnieuw, beheert de wachtrij en geblokkeerde adressen.',
    admin: 'Alles: verwijderen, signalen, gebruikers, instellingen, de auditlog.',
  },
  permissions: {
    'messages:read': 'Berichten zien en wat ervan geworden is',
    'messages:content': 'Inhoud, voorbeelden, bijlagen en ruwe rapporten lezen',
    'messages:send': 'Berichten via HTTP verzenden',
    'messages:resend': 'Opnieuw verzenden, ook naar verbeterde adressen',
    'messages:delete': 'Berichten verwijderen, opschonen',
    'changes:read': 'De wijzigingenfeed volgen',
    'queue:manage': 'Opnieuw proberen, vasthouden, vrijgeven, annuleren; rapporten koppelen',
    'sync:run': 'Rapporten uit mailboxen ophalen',
    'suppressions:manage': 'Adressen blokkeren en dat opheffen',
    'signals:manage': 'Signalen en hun bezorgingen',
    'access:manage': 'Gebruikers, tokens, sessies',
    'settings:read': 'Accounts, routes, configuratie, DNS-controle',
    'audit:read': 'De auditlog lezen',
    'backup:run': 'Back-ups maken',
  },
  rights: {
    role: 'Rol',
    accounts: 'Wiens mail',
    allAccounts: 'Van alle accounts',
    someAccounts: 'Alleen van deze',
    permissions: 'Rechten',
    ofRole: 'die van de rol',
    explicit: 'Precies deze, in plaats van die van de rol',
    explicitHint: 'Waar de rol te veel of te weinig geeft.',
  },
  profile: {
    you: 'U',
    local: 'Aangemeld met een link van de machine van relais, met alle rechten.',
    token: (name) => `Aangemeld met het token ${name}.`,
    provider: (host) => `U meldt zich aan bij ${host}: wachtwoord en tweede factor staan daar.`,
    language: 'Taal van de pagina’s',
    asBrowser: 'Zoals de browser vraagt',
    save: 'Opslaan',
    password: 'Wachtwoord',
    passwordLead: 'Een nieuw wachtwoord meldt u overal elders af.',
    current: 'Huidig wachtwoord',
    fresh: 'Nieuw wachtwoord',
    again: 'Nieuw wachtwoord nogmaals',
    change: 'Wachtwoord wijzigen',
    changed: 'Het wachtwoord is gewijzigd, en alle andere browsers zijn afgemeld.',
    factor: 'Tweede factor',
    factorLead: 'Een code van een authenticator-app naast het wachtwoord: wie uw wachtwoord te weten komt, kan zich nog niet aanmelden.',
    factorOff: 'Niet ingesteld.',
    factorSince: 'Ingesteld',
    codesLeft: (n) => (n === 1 ? 'Er is nog 1 herstelcode' : `Er zijn nog ${n} herstelcodes`),
    setUp: 'Instellen',
    remove: 'Weghalen',
    removed: 'De tweede factor is weggehaald.',
    newCodes: 'Nieuwe herstelcodes maken',
    setUpTitle: 'Tweede factor instellen',
    scan: 'Scan dit met een authenticator-app.',
    qr: 'QR-code met het geheim voor de app',
    byHand: 'Of typ dit geheim in de app:',
    enterCode: 'Voer daarna de code in die de app toont.',
    code: 'Code',
    confirmPassword: 'Uw wachtwoord',
    turnOn: 'Inschakelen',
    codesTitle: 'Uw herstelcodes',
    codesLead:
      'Elke code meldt u één keer aan als het toestel er niet is. Bewaar ze ergens anders dan het toestel: ze worden alleen nu getoond.',
    codesDone: 'Ik heb ze bewaard',
    back: 'Profiel',
  },
  sessions: {
    title: 'Aangemelde browsers',
    lead: 'Een browser blijft 12 uur aangemeld.',
    via: {
      password: 'met het wachtwoord',
      totp: 'met wachtwoord en code',
      recovery: 'met een herstelcode',
      oidc: 'bij de identiteitsprovider',
      token: 'met een token',
      link: 'met een link',
    },
    here: 'Deze',
    seen: 'Laatst gezien',
    opened: 'Aangemeld',
    unknown: 'Een browser die niet zegt welke',
    end: 'Afmelden',
    endOthers: 'Overal elders afmelden',
    endAll: 'Overal afmelden',
    none: 'Er is geen browser aangemeld.',
    ended: (n) => (n === 1 ? 'Eén browser is afgemeld.' : `${n} browsers zijn afgemeld.`),
  },
  users: {
    lead: 'Mensen die zich bij deze pagina’s aanmelden.',
    add: 'Gebruiker toevoegen',
    name: 'Naam',
    nameHint: 'Letters, cijfers en . _ @ + -',
    password: 'Wachtwoord',
    passwordHint: 'Om door te geven; de gebruiker kan het wijzigen.',
    submit: 'Gebruiker toevoegen',
    none: 'Er zijn nog geen gebruikers.',
    signIn: 'Aanmelden',
    byPassword: 'Wachtwoord',
    byCode: 'Wachtwoord en code',
    byProvider: 'Identiteitsprovider',
    lastSignIn: 'Laatst aangemeld',
    never: 'Nooit',
    disabled: 'Uitgeschakeld',
    you: 'U',
    save: 'Opslaan',
    saved: 'Opgeslagen.',
    managed: (host) => `Rol en accounts komen bij elke aanmelding van ${host}.`,
    setPassword: 'Wachtwoord instellen',
    setPasswordLead: 'Meldt de gebruiker overal af.',
    passwordSet: 'Het wachtwoord is ingesteld.',
    removeFactor: 'Tweede factor weghalen',
    removeFactorLead: 'Voor wie het toestel en de herstelcodes kwijt is.',
    disable: 'Uitschakelen',
    disableLead: 'Meldt de gebruiker overal af en laat niemand meer onder deze naam toe.',
    enable: 'Weer inschakelen',
    enableLead: 'Laat de gebruiker zich weer aanmelden.',
    delete: 'Gebruiker verwijderen',
    deleteLead: 'De auditlog bewaart wat de gebruiker deed.',
    deleteConfirm: (name) => `Ja, ${name} verwijderen`,
    deleted: (name) => `${name} is verwijderd.`,
    danger: 'Buitensluiten',
  },
  tokens: {
    lead: 'Waarmee programma’s de API aanroepen: een ERP, een script, Power BI.',
    add: 'Token maken',
    name: 'Naam',
    expires: 'Verloopt',
    lifetimes: { '30d': 'over 30 dagen', '90d': 'over 90 dagen', '365d': 'over een jaar', never: 'nooit' },
    submit: 'Token maken',
    none: 'Er zijn nog geen tokens.',
    created: 'Gemaakt',
    lastUsed: 'Laatst gebruikt',
    never: 'Nooit',
    neverExpires: 'Nooit',
    expired: 'Verlopen',
    onceTitle: (name) => `Het token ${name}`,
    onceLead: 'Het wordt alleen nu getoond. Zet het waar het programma het vindt, en nergens anders.',
    token: 'Token',
    example: 'Probeer het',
    back: 'Alle tokens',
    save: 'Opslaan',
    saved: 'Opgeslagen.',
    renew: 'Nieuwe vervaldatum',
    keep: 'ongewijzigd',
    revoke: 'Token intrekken',
    revokeLead: 'Eindigt meteen, met de browsers die ermee zijn aangemeld.',
    revokeConfirm: (name) => `Ja, ${name} intrekken`,
    revoked: (name) => `${name} is ingetrokken.`,
  },
  faults: {
    name: '1 tot 64 letters, cijfers en . _ @ + -, te beginnen met een letter of cijfer.',
    nameTaken: (name) => `De naam ${name} is bezet.`,
    short: (n) => `Minstens ${n} tekens.`,
    long: (n) => `Hoogstens ${n} tekens.`,
    differ: 'De twee zijn niet gelijk.',
    wrongPassword: 'Dat is niet uw wachtwoord.',
    wrongCode: 'Dat is niet de code die de app nu toont.',
    setUpOver: 'Dat duurde langer dan tien minuten: hier is een nieuw geheim. Scan het opnieuw.',
    role: 'Kies een rol.',
    noAccount: 'Kies minstens één account, of alle.',
    noPermission: 'Kies minstens één recht.',
    notGranted: (permissions) => `U kunt niet geven wat u zelf niet hebt: ${permissions}.`,
    ownAccess: 'U kunt uw eigen toegang niet wegnemen: laat iemand anders het doen.',
    managed: 'Dat komt van de identiteitsprovider: wijzig het daar.',
    confirm: 'Bevestig dat u het meent.',
    tooMany: (seconds) => `Te veel pogingen. Wacht ${seconds} seconden en probeer het dan opnieuw.`,
    above: 'Er ontbreekt iets of er klopt iets niet: zie hieronder.',
  },
};

const de: SettingsWords = {
  title: 'Einstellungen',
  tabs: {
    profile: 'Profil',
    users: 'Benutzer',
    tokens: 'Token',
    accounts: 'Konten',
    routes: 'Routen',
    dns: 'DNS-Prüfung',
    configuration: 'Konfiguration',
    'clean-up': 'Aufräumen',
    audit: 'Prüfprotokoll',
  },
  done: 'Gespeichert.',
  roles: { viewer: 'Leser', operator: 'Bediener', admin: 'Verwalter' },
  roleHints: {
    viewer: 'Sieht Nachrichten und was aus ihnen wurde. Liest keine Inhalte, ändert nichts.',
    operator: 'Liest auch Inhalte, sendet erneut, betreut Warteschlange und gesperrte Adressen.',
    admin: 'Alles: löschen, Signale, Benutzer, Einstellungen, das Prüfprotokoll.',
  },
  permissions: {
    'messages:read': 'Nachrichten sehen und was aus ihnen wurde',
    'messages:content': 'Inhalte, Vorschauen, Anhänge und rohe Berichte lesen',
    'messages:send': 'Nachrichten über HTTP senden',
    'messages:resend': 'Erneut senden, auch an berichtigte Adressen',
    'messages:delete': 'Nachrichten löschen, aufräumen',
    'changes:read': 'Den Strom der Änderungen verfolgen',
    'queue:manage': 'Erneut versuchen, anhalten, freigeben, abbrechen; Berichte zuordnen',
    'sync:run': 'Berichte aus Postfächern abholen',
    'suppressions:manage': 'Adressen sperren und das aufheben',
    'signals:manage': 'Signale und ihre Zustellungen',
    'access:manage': 'Benutzer, Token, Sitzungen',
    'settings:read': 'Konten, Routen, Konfiguration, DNS-Prüfung',
    'audit:read': 'Das Prüfprotokoll lesen',
    'backup:run': 'Sicherungen erstellen',
  },
  rights: {
    role: 'Rolle',
    accounts: 'Wessen Post',
    allAccounts: 'Aller Konten',
    someAccounts: 'Nur dieser',
    permissions: 'Rechte',
    ofRole: 'die der Rolle',
    explicit: 'Genau diese, anstelle derer der Rolle',
    explicitHint: 'Wo die Rolle zu viel oder zu wenig gibt.',
  },
  profile: {
    you: 'Sie',
    local: 'Angemeldet über einen Link von der Maschine, auf der relais läuft, mit allen Rechten.',
    token: (name) => `Angemeldet mit dem Token ${name}.`,
    provider: (host) => `Sie melden sich bei ${host} an: Passwort und zweiter Faktor liegen dort.`,
    language: 'Sprache der Seiten',
    asBrowser: 'Wie der Browser wünscht',
    save: 'Speichern',
    password: 'Passwort',
    passwordLead: 'Ein neues Passwort meldet Sie überall sonst ab.',
    current: 'Jetziges Passwort',
    fresh: 'Neues Passwort',
    again: 'Neues Passwort noch einmal',
    change: 'Passwort ändern',
    changed: 'Das Passwort ist geändert, alle anderen Browser sind abgemeldet.',
    factor: 'Zweiter Faktor',
    factorLead: 'Ein Code einer Authenticator-App neben dem Passwort: Wer Ihr Passwort erfährt, kann sich damit allein nicht anmelden.',
    factorOff: 'Nicht eingerichtet.',
    factorSince: 'Eingerichtet',
    codesLeft: (n) => (n === 1 ? 'Ein Wiederherstellungscode ist übrig' : `${n} Wiederherstellungscodes sind übrig`),
    setUp: 'Einrichten',
    remove: 'Entfernen',
    removed: 'Der zweite Faktor ist entfernt.',
    newCodes: 'Neue Wiederherstellungscodes erzeugen',
    setUpTitle: 'Zweiten Faktor einrichten',
    scan: 'Scannen Sie dies mit einer Authenticator-App.',
    qr: 'QR-Code mit dem Geheimnis für die App',
    byHand: 'Oder tippen Sie dieses Geheimnis in die App:',
    enterCode: 'Geben Sie dann den Code ein, den sie zeigt.',
    code: 'Code',
    confirmPassword: 'Ihr Passwort',
    turnOn: 'Einschalten',
    codesTitle: 'Ihre Wiederherstellungscodes',
    codesLead:
      'Jeder meldet Sie einmal an, wenn das Gerät nicht zur Hand ist. Bewahren Sie sie getrennt vom Gerät auf: Sie werden nur dieses eine Mal gezeigt.',
    codesDone: 'Ich habe sie aufbewahrt',
    back: 'Profil',
  },
  sessions: {
    title: 'Angemeldete Browser',
    lead: 'Ein Browser bleibt 12 Stunden angemeldet.',
    via: {
      password: 'mit dem Passwort',
      totp: 'mit Passwort und Code',
      recovery: 'mit einem Wiederherstellungscode',
      oidc: 'beim Identitätsanbieter',
      token: 'mit einem Token',
      link: 'über einen Link',
    },
    here: 'Dieser',
    seen: 'Zuletzt gesehen',
    opened: 'Angemeldet',
    unknown: 'Ein Browser, der nicht sagt, welcher',
    end: 'Abmelden',
    endOthers: 'Überall sonst abmelden',
    endAll: 'Überall abmelden',
    none: 'Kein Browser ist angemeldet.',
    ended: (n) => (n === 1 ? 'Ein Browser ist abgemeldet.' : `${n} Browser sind abgemeldet.`),
  },
  users: {
    lead: 'Menschen, die sich an diesen Seiten anmelden.',
    add: 'Benutzer anlegen',
    name: 'Name',
    nameHint: 'Buchstaben, Ziffern und . _ @ + -',
    password: 'Passwort',
    passwordHint: 'Zum Weitergeben; der Benutzer kann es ändern.',
    submit: 'Benutzer anlegen',
    none: 'Noch gibt es keine Benutzer.',
    signIn: 'Anmeldung',
    byPassword: 'Passwort',
    byCode: 'Passwort und Code',
    byProvider: 'Identitätsanbieter',
    lastSignIn: 'Zuletzt angemeldet',
    never: 'Nie',
    disabled: 'Deaktiviert',
    you: 'Sie',
    save: 'Speichern',
    saved: 'Gespeichert.',
    managed: (host) => `Rolle und Konten kommen bei jeder Anmeldung von ${host}.`,
    setPassword: 'Passwort setzen',
    setPasswordLead: 'Meldet den Benutzer überall ab.',
    passwordSet: 'Das Passwort ist gesetzt.',
    removeFactor: 'Zweiten Faktor entfernen',
    removeFactorLead: 'Für jemanden, der Gerät und Wiederherstellungscodes verloren hat.',
    disable: 'Deaktivieren',
    disableLead: 'Meldet den Benutzer überall ab und lässt ihn nicht mehr herein.',
    enable: 'Wieder zulassen',
    enableLead: 'Lässt den Benutzer sich wieder anmelden.',
    delete: 'Benutzer entfernen',
    deleteLead: 'Das Prüfprotokoll behält, was der Benutzer getan hat.',
    deleteConfirm: (name) => `Ja, ${name} entfernen`,
    deleted: (name) => `${name} ist entfernt.`,
    danger: 'Aussperren',
  },
  tokens: {
    lead: 'Womit Programme die API aufrufen: ein ERP, ein Skript, Power BI.',
    add: 'Token erzeugen',
    name: 'Name',
    expires: 'Läuft ab',
    lifetimes: { '30d': 'in 30 Tagen', '90d': 'in 90 Tagen', '365d': 'in einem Jahr', never: 'nie' },
    submit: 'Token erzeugen',
    none: 'Noch gibt es keine Token.',
    created: 'Erzeugt',
    lastUsed: 'Zuletzt benutzt',
    never: 'Nie',
    neverExpires: 'Nie',
    expired: 'Abgelaufen',
    onceTitle: (name) => `Das Token ${name}`,
    onceLead: 'Es wird nur dieses eine Mal gezeigt. Legen Sie es dort ab, wo das Programm es findet, und nirgends sonst.',
    token: 'Token',
    example: 'Ausprobieren',
    back: 'Alle Token',
    save: 'Speichern',
    saved: 'Gespeichert.',
    renew: 'Neues Ablaufdatum',
    keep: 'unverändert',
    revoke: 'Token widerrufen',
    revokeLead: 'Endet sofort, samt den Browsern, die damit angemeldet sind.',
    revokeConfirm: (name) => `Ja, ${name} widerrufen`,
    revoked: (name) => `${name} ist widerrufen.`,
  },
  faults: {
    name: '1 bis 64 Buchstaben, Ziffern und . _ @ + -, beginnend mit Buchstabe oder Ziffer.',
    nameTaken: (name) => `Der Name ${name} ist vergeben.`,
    short: (n) => `Mindestens ${n} Zeichen.`,
    long: (n) => `Höchstens ${n} Zeichen.`,
    differ: 'Die beiden sind nicht gleich.',
    wrongPassword: 'Das ist nicht Ihr Passwort.',
    wrongCode: 'Das ist nicht der Code, den die App gerade zeigt.',
    setUpOver: 'Das hat länger als zehn Minuten gedauert: Hier ist ein neues Geheimnis. Scannen Sie es noch einmal.',
    role: 'Wählen Sie eine Rolle.',
    noAccount: 'Wählen Sie mindestens ein Konto, oder alle.',
    noPermission: 'Wählen Sie mindestens ein Recht.',
    notGranted: (permissions) => `Sie können nicht geben, was Sie nicht haben: ${permissions}.`,
    ownAccess: 'Sie können sich nicht selbst den Zugang nehmen: Lassen Sie es jemand anderen tun.',
    managed: 'Das kommt vom Identitätsanbieter: Ändern Sie es dort.',
    confirm: 'Bestätigen Sie, dass Sie es so meinen.',
    tooMany: (seconds) => `Zu viele Versuche. Warten Sie ${seconds} Sekunden, und versuchen Sie es dann erneut.`,
    above: 'Etwas fehlt oder stimmt nicht: siehe unten.',
  },
};

export const settingsWords = { en, fr, nl, de };
