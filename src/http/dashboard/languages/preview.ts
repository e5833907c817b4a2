/** The view of a message's content: what was left out of it, and why. */

interface PreviewStrings {
  readonly title: string;
  readonly notLoaded: (count: number) => string;
  readonly cut: string;
  readonly incomplete: string;
  readonly unsafe: string;
  readonly empty: string;
}

const en: PreviewStrings = {
  title: 'Preview of the message',
  notLoaded: (n) =>
    n === 1 ? 'One picture of another server was not loaded.' : `${n.toLocaleString('en')} pictures of other servers were not loaded.`,
  cut: 'Only the beginning is shown: the text is very long.',
  incomplete: 'Not all of the message could be read: it has more parts than a message should have.',
  unsafe: 'The HTML of this message could not be made safe to look at. This is its text.',
  empty: 'The message has no text.',
};

const fr: PreviewStrings = {
  title: 'Aperçu du message',
  notLoaded: (n) =>
    n < 2
      ? 'Une image d’un autre serveur n’a pas été chargée.'
      : `${n.toLocaleString('fr')} images d’autres serveurs n’ont pas été chargées.`,
  cut: 'Seul le début est affiché : le texte est très long.',
  incomplete: 'Le message n’a pas pu être lu en entier : il a plus de parties qu’un message ne devrait en avoir.',
  unsafe: 'Le HTML de ce message n’a pas pu être rendu inoffensif. Voici son texte.',
  empty: 'Le message n’a pas de texte.',
};

const nl: PreviewStrings = {
  title: 'Voorbeeld van het bericht',
  notLoaded: (n) =>
    n === 1
      ? 'Eén afbeelding van een andere server is niet geladen.'
      : `${n.toLocaleString('nl')} afbeeldingen van andere servers zijn niet geladen.`,
  cut: 'Alleen het begin wordt getoond: de tekst is erg lang.',
  incomplete: 'Niet het hele bericht kon worden gelezen: het heeft meer delen dan een bericht hoort te hebben.',
  unsafe: 'De HTML van dit bericht kon niet veilig worden gemaakt. Dit is de tekst.',
  empty: 'Het bericht heeft geen tekst.',
};

const de: PreviewStrings = {
  title: 'Vorschau der Nachricht',
  notLoaded: (n) =>
    n === 1
      ? 'Ein Bild eines anderen Servers wurde nicht geladen.'
      : `${n.toLocaleString('de')} Bilder anderer Server wurden nicht geladen.`,
  cut: 'Nur der Anfang wird gezeigt: Der Text ist sehr lang.',
  incomplete: 'Nicht die ganze Nachricht konnte gelesen werden: Sie hat mehr Teile, als eine Nachricht haben sollte.',
  unsafe: 'Das HTML dieser Nachricht konnte nicht unschädlich gemacht werden. Dies ist ihr Text.',
  empty: 'Die Nachricht hat keinen Text.',
};

export const preview = { en, fr, nl, de };
