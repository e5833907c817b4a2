/** What became of recipients, in the few words of a legend. */
import type { Share } from '../share-bar.tsx';

type Shares = Readonly<Record<Share | 'bounced', string>>;

const en: Shares = {
  delivered: 'Delivered',
  transferred: 'Transferred',
  waiting: 'Waiting',
  failed: 'Failed',
  bounced: 'Bounced',
  cancelled: 'Cancelled',
};
const fr: Shares = {
  delivered: 'Remis',
  transferred: 'Transmis',
  waiting: 'En attente',
  failed: 'Échoué',
  bounced: 'Revenu',
  cancelled: 'Annulé',
};
const nl: Shares = {
  delivered: 'Bezorgd',
  transferred: 'Overgedragen',
  waiting: 'Wacht',
  failed: 'Mislukt',
  bounced: 'Teruggekomen',
  cancelled: 'Geannuleerd',
};
const de: Shares = {
  delivered: 'Zugestellt',
  transferred: 'Übergeben',
  waiting: 'Wartet',
  failed: 'Gescheitert',
  bounced: 'Zurückgekommen',
  cancelled: 'Abgebrochen',
};

export const SHARE_WORDS = { en, fr, nl, de };
