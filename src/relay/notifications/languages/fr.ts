/** French. */
import { reasonsAndAdvice, type Wording } from '../wording.ts';

const AGAIN_LATER = 'Renvoyez le message plus tard, ou joignez le destinataire par un autre moyen.';
const ASK_IT = 'Montrez ce rapport à la personne qui s’occupe de votre messagerie ; renvoyer le message ne servira guère.';

export const fr: Wording = {
  locale: 'fr-FR',
  from: 'Distribution du courrier',
  subject: {
    failed: 'Non distribué',
    correction: 'Finalement non distribué',
    delayed: 'Retardé',
    delivered: 'Distribué',
    relayed: 'Transmis',
    expanded: 'Transmis à une liste',
  },
  separator: ' : ',
  noSubject: '(sans objet)',
  intro: {
    failed: ['Votre message n’a pas pu être remis à ce destinataire :', 'Votre message n’a pas pu être remis à ces destinataires :'],
    correction: [
      'Un rapport précédent disait que votre message était en route vers ce destinataire. Il est revenu depuis et n’a pas été remis :',
      'Un rapport précédent disait que votre message était en route vers ces destinataires. Il est revenu depuis et n’a pas été remis :',
    ],
    delayed: [
      'Votre message n’est pas encore arrivé chez ce destinataire. Les tentatives continuent :',
      'Votre message n’est pas encore arrivé chez ces destinataires. Les tentatives continuent :',
    ],
    delivered: ['Votre message a été remis à ce destinataire :', 'Votre message a été remis à ces destinataires :'],
    relayed: [
      'Votre message a été confié au serveur suivant pour ce destinataire. Ce serveur ne confirme pas la remise, on ne peut donc pas en dire plus ; si le message revient, vous serez prévenu :',
      'Votre message a été confié au serveur suivant pour ces destinataires. Ce serveur ne confirme pas la remise, on ne peut donc pas en dire plus ; si le message revient, vous serez prévenu :',
    ],
    expanded: [
      'Votre message est arrivé à cette adresse, qui le transmet à plusieurs autres :',
      'Votre message est arrivé à ces adresses, qui le transmettent à plusieurs autres :',
    ],
  },
  ...reasonsAndAdvice({
    'mailbox-unknown': [
      'Cette boîte aux lettres n’existe pas.',
      'Vérifiez l’orthographe de l’adresse, ou demandez la bonne au destinataire ; puis renvoyez le message.',
    ],
    'domain-unknown': [
      'La partie de l’adresse après le @ n’existe pas, ou ne reçoit pas de courrier.',
      'Vérifiez l’orthographe de l’adresse, ou demandez la bonne au destinataire ; puis renvoyez le message.',
    ],
    'mailbox-full': [
      'La boîte aux lettres est pleine.',
      'Prévenez le destinataire par un autre moyen, et renvoyez le message quand il y aura de la place.',
    ],
    'mailbox-disabled': ['La boîte aux lettres est désactivée.', 'Demandez une autre adresse au destinataire ; puis renvoyez le message.'],
    'too-big': [
      'Le message est trop volumineux pour le serveur du destinataire.',
      'Envoyez-le avec des pièces jointes plus légères, ou donnez un lien vers celles-ci.',
    ],
    blocked: ['Le serveur du destinataire refuse le courrier de nos serveurs.', ASK_IT],
    auth: ['Le serveur du destinataire n’a pas pu vérifier que le message vient bien de votre adresse.', ASK_IT],
    spam: ['Le serveur du destinataire a pris le message pour de la publicité indésirable.', ASK_IT],
    virus: [
      'Le serveur du destinataire a jugé dangereux le message ou une pièce jointe.',
      'Vérifiez les pièces jointes, et renvoyez le message sans celles qui sont douteuses.',
    ],
    policy: ['Le serveur du destinataire n’accepte pas ce message : ses règles l’interdisent.', ASK_IT],
    rate: ['Le serveur du destinataire n’accepte qu’une certaine quantité de courrier à la fois.', AGAIN_LATER],
    transient: ['Il y a une panne passagère sur le chemin vers le destinataire.', AGAIN_LATER],
    unknown: ['Le serveur du destinataire a refusé le message sans raison que nous comprenions.', ASK_IT],
    expired: ['L’envoi a été retenté aussi longtemps qu’il est d’usage, sans succès.', AGAIN_LATER],
    suppressed: [
      'L’adresse est sur la liste de celles auxquelles nous n’envoyons rien, parce que du courrier en est revenu ou que quelqu’un l’a décidé.',
      'Si l’adresse est bonne, demandez à la personne qui s’occupe de votre messagerie de la retirer de la liste ; puis renvoyez le message.',
    ],
  }),
  why: 'Pourquoi :',
  lately: 'La dernière fois :',
  todo: 'Ce que vous pouvez faire :',
  answered: (server) => (server === null ? 'Réponse du serveur :' : `Réponse de ${server} :`),
  found: 'En détail :',
  stillTrying: (until) =>
    until === null
      ? 'Vous n’avez rien à faire. Si le message ne peut pas être remis, vous serez prévenu.'
      : `Vous n’avez rien à faire : l’envoi sera retenté jusqu’au ${until}. Si le message ne peut pas être remis, vous serez prévenu.`,
  andMore: (count) => `… et ${count} de plus, tous énumérés dans le rapport joint.`,
  message: 'Il s’agit de votre message :',
  labels: { subject: 'Objet :', sent: 'Envoyé :', from: 'De :', id: 'Message-ID :' },
  link: 'Ce que l’on en sait, à tout moment :',
  footer: (hostname) => `Ce rapport a été rédigé automatiquement par le relais de courrier ${hostname}.`,
};
