/** Signing in beyond the password: the second factor, the identity provider. */
const en = {
  codeTitle: 'One more step',
  codeLead: 'Enter the code that your authenticator app shows now.',
  code: 'Code',
  codeHint: 'Device lost? Enter one of your recovery codes instead; each works once.',
  codeSubmit: 'Continue',
  codeBack: 'Sign in as somebody else',
  wrongCode: 'That code does not hold: it may be over, or used already. Enter the one that is shown now.',
  challengeOver: 'That took longer than five minutes. Sign in again.',
  provider: (name: string) => `Sign in with ${name}`,
  providerDown: (host: string) => `${host} does not answer at the moment, so it can not say who you are.`,
  providerDownHint: 'Try again in a moment, or sign in with a password or a token.',
  providerRefused: 'The identity provider did not sign you in.',
  providerNoRole: (name: string) =>
    `${name} is signed in, but has no role in relais. Ask whoever administers relais or the identity provider.`,
  providerNoAccounts: (name: string) => `${name} is signed in, but no account of relais is named for it. Ask whoever administers relais.`,
  providerNameTaken: (name: string) => `There is a user ${name} already, who signs in otherwise. Ask whoever administers relais.`,
  providerDisabled: (name: string) => `${name} may not sign in to relais at the moment.`,
  providerOver: 'That sign-in was begun too long ago, or in another browser. Begin again.',
  nobody: 'Nobody can sign in yet. Where relais runs, this makes the first user:',
  nobodyLink: 'or a link that signs in once:',
};

export type AccessWords = typeof en;

const fr: AccessWords = {
  codeTitle: 'Encore une étape',
  codeLead: 'Saisissez le code que votre application d’authentification affiche en ce moment.',
  code: 'Code',
  codeHint: 'Appareil perdu ? Saisissez l’un de vos codes de secours ; chacun sert une fois.',
  codeSubmit: 'Continuer',
  codeBack: 'Se connecter sous un autre nom',
  wrongCode: 'Ce code n’est pas valable : il a peut-être expiré, ou déjà servi. Saisissez celui qui est affiché maintenant.',
  challengeOver: 'Plus de cinq minutes se sont écoulées. Reconnectez-vous.',
  provider: (name) => `Se connecter avec ${name}`,
  providerDown: (host) => `${host} ne répond pas pour le moment et ne peut donc pas dire qui vous êtes.`,
  providerDownHint: 'Réessayez dans un instant, ou connectez-vous avec un mot de passe ou un jeton.',
  providerRefused: 'Le fournisseur d’identité ne vous a pas connecté.',
  providerNoRole: (name) =>
    `${name} est connecté, mais n’a aucun rôle dans relais. Adressez-vous à qui administre relais ou le fournisseur d’identité.`,
  providerNoAccounts: (name) =>
    `${name} est connecté, mais aucun compte de relais ne lui est attribué. Adressez-vous à qui administre relais.`,
  providerNameTaken: (name) => `Il y a déjà un utilisateur ${name}, qui se connecte autrement. Adressez-vous à qui administre relais.`,
  providerDisabled: (name) => `${name} ne peut pas se connecter à relais pour le moment.`,
  providerOver: 'Cette connexion a commencé il y a trop longtemps, ou dans un autre navigateur. Recommencez.',
  nobody: 'Personne ne peut encore se connecter. Sur la machine de relais, ceci crée le premier utilisateur :',
  nobodyLink: 'ou un lien qui connecte une fois :',
};

const nl: AccessWords = {
  codeTitle: 'Nog één stap',
  codeLead: 'Voer de code in die uw authenticator-app nu toont.',
  code: 'Code',
  codeHint: 'Toestel kwijt? Voer een van uw herstelcodes in; elke werkt één keer.',
  codeSubmit: 'Doorgaan',
  codeBack: 'Aanmelden als iemand anders',
  wrongCode: 'Die code is niet geldig: ze is misschien verlopen of al gebruikt. Voer de code in die nu getoond wordt.',
  challengeOver: 'Dat duurde langer dan vijf minuten. Meld u opnieuw aan.',
  provider: (name) => `Aanmelden met ${name}`,
  providerDown: (host) => `${host} antwoordt op dit moment niet en kan dus niet zeggen wie u bent.`,
  providerDownHint: 'Probeer het zo meteen opnieuw, of meld u aan met een wachtwoord of een token.',
  providerRefused: 'De identiteitsprovider heeft u niet aangemeld.',
  providerNoRole: (name) =>
    `${name} is aangemeld, maar heeft geen rol in relais. Vraag het aan wie relais of de identiteitsprovider beheert.`,
  providerNoAccounts: (name) =>
    `${name} is aangemeld, maar er is geen account van relais voor opgegeven. Vraag het aan wie relais beheert.`,
  providerNameTaken: (name) => `Er is al een gebruiker ${name}, die zich anders aanmeldt. Vraag het aan wie relais beheert.`,
  providerDisabled: (name) => `${name} mag zich op dit moment niet bij relais aanmelden.`,
  providerOver: 'Dat aanmelden is te lang geleden begonnen, of in een andere browser. Begin opnieuw.',
  nobody: 'Er kan zich nog niemand aanmelden. Op de machine van relais maakt dit de eerste gebruiker:',
  nobodyLink: 'of een link die één keer aanmeldt:',
};

const de: AccessWords = {
  codeTitle: 'Noch ein Schritt',
  codeLead: 'Geben Sie den Code ein, den Ihre Authenticator-App gerade zeigt.',
  code: 'Code',
  codeHint: 'Gerät verloren? Geben Sie einen Ihrer Wiederherstellungscodes ein; jeder gilt einmal.',
  codeSubmit: 'Weiter',
  codeBack: 'Als jemand anderes anmelden',
  wrongCode: 'Dieser Code gilt nicht: Er ist vielleicht abgelaufen oder schon benutzt. Geben Sie den ein, der jetzt gezeigt wird.',
  challengeOver: 'Das hat länger als fünf Minuten gedauert. Melden Sie sich neu an.',
  provider: (name) => `Mit ${name} anmelden`,
  providerDown: (host) => `${host} antwortet gerade nicht und kann deshalb nicht sagen, wer Sie sind.`,
  providerDownHint: 'Versuchen Sie es gleich noch einmal, oder melden Sie sich mit Passwort oder Token an.',
  providerRefused: 'Der Identitätsanbieter hat Sie nicht angemeldet.',
  providerNoRole: (name) =>
    `${name} ist angemeldet, hat aber keine Rolle in relais. Fragen Sie, wer relais oder den Identitätsanbieter verwaltet.`,
  providerNoAccounts: (name) => `${name} ist angemeldet, aber dafür ist kein Konto von relais genannt. Fragen Sie, wer relais verwaltet.`,
  providerNameTaken: (name) => `Es gibt schon einen Benutzer ${name}, der sich anders anmeldet. Fragen Sie, wer relais verwaltet.`,
  providerDisabled: (name) => `${name} darf sich zurzeit nicht bei relais anmelden.`,
  providerOver: 'Diese Anmeldung wurde vor zu langer Zeit begonnen oder in einem anderen Browser. Beginnen Sie neu.',
  nobody: 'Noch kann sich niemand anmelden. Auf der Maschine von relais legt dies den ersten Benutzer an:',
  nobodyLink: 'oder ein Link, der einmal anmeldet:',
};

export const accessWords = { en, fr, nl, de };
