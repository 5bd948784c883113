"""Verbatims about a fictional chain of garden shops, written for these tests."""

BEST = (
    (
        "Une équipe en or ! Samir a passé vingt minutes à diagnostiquer mon citronnier sur photo, "
        "et il est reparti comme jamais."
    ),
    (
        "Je n'avais jamais vu ça : la vendeuse m'a rappelée le lendemain pour savoir si mes semis "
        "avaient bien pris. Merci Élodie !"
    ),
    (
        "Incroyable. Mon olivier livré un dimanche, planté par le livreur qui a même remporté les "
        "cartons. Je le raconte à tout le monde."
    ),
    (
        "Bluffée par l'atelier rempotage du samedi : on repart avec sa plante, des conseils, et "
        "une part de gâteau maison."
    ),
    (
        "Commande passée à 22 h, reçue le surlendemain, un petit mot écrit à la main dans le "
        "colis. C'est rare et ça touche."
    ),
    (
        "Fantastic service in Lyon: they replaced a rosemary that died through my own fault, with "
        "a smile and a lesson."
    ),
    (
        "Le rayon des graines anciennes est une merveille, et Bruno connaît chaque variété par son "
        "histoire. On en oublie l'heure."
    ),
)
GOOD = (
    "Bon accueil, beaucoup de choix, les plantes sont en bonne santé. Je reviendrai au printemps.",
    "Livraison rapide et terreau de qualité, rien à redire sur la commande de ce mois-ci.",
    "Des conseils utiles pour mon balcon plein nord, et des prix plus doux qu'ailleurs.",
    "Magasin agréable, bien rangé, parking facile. Les fougères tiennent le coup depuis trois semaines.",
    "Très satisfait de la tondeuse, le montage m'a été expliqué pas à pas au comptoir.",
    "Jolie sélection de pots émaillés, emballage soigné, une plante offerte à la caisse.",
    "Un site clair, un suivi de colis précis et des hortensias superbes à l'arrivée.",
    "Le personnel prend le temps. On sent des gens qui jardinent eux-mêmes.",
    "Good range of herbs, friendly staff, and the compost is peat-free at last.",
    "Ma pelouse revit grâce au bon mélange de graines. Je recommande le rayon conseil.",
    "Retour accepté sans discuter pour un arrosoir fendu, échange immédiat en caisse.",
    "Le café au milieu des serres est une belle idée, on y reste volontiers avec les enfants.",
)
PLAIN = (
    "Correct dans l'ensemble, même si l'attente en caisse reste longue le samedi après-midi.",
    "Plantes dans la moyenne, choix un peu court en vivaces. Les prix ont augmenté.",
    "Livraison dans les temps, un pot ébréché sur quatre. Le service client a proposé un avoir.",
    "Ni bien ni mal : on trouve l'essentiel, il faut chercher un vendeur pour un renseignement.",
    "Le magasin est bien, le site internet beaucoup moins pratique que l'an dernier.",
    "Average selection this time, though the seedlings were healthy enough.",
)
BAD = (
    "Colis laissé en plein soleil devant le portail, trois plants sur cinq étaient grillés à l'ouverture.",
    (
        "Deux semaines d'attente pour une livraison annoncée en 48 heures, et personne au "
        "téléphone pour répondre."
    ),
    "Le rosier reçu n'est pas celui de la photo. On me demande de payer le retour, c'est non.",
    "Caisse fermée, une seule personne pour vingt clients un samedi d'avril. J'ai laissé mon chariot.",
    "Trois relances par courriel sans réponse pour un remboursement promis. Je me fournirai ailleurs.",
    "Terreau plein de moucherons, toutes mes plantes d'intérieur sont infestées. Quelle plaie.",
    "Le transporteur a jeté le carton par-dessus la haie, le pot en terre cuite est en miettes.",
    "My parcel came a week late and the lavender was already dead. Nobody answers e-mails.",
    "Prix affiché en rayon différent du prix en caisse, et pas un mot d'excuse.",
    "Conseillé pour l'ombre, mon érable a brûlé en un mois. On m'a répondu que c'était de ma faute.",
)
WORST = (
    (
        "Honteux. Quatrième livraison ratée d'affilée, le service client raccroche. C'est fini, je "
        "passe chez Le Grand Arrosoir."
    ),
    (
        "On m'a traité de menteur au comptoir pour un simple échange. Jamais je n'ai été reçu de "
        "la sorte, je suis encore furieux."
    ),
    "Plantes mortes, remboursement refusé, et un avis supprimé deux fois. Fuyez.",
    "Huit heures bloqué chez moi pour un créneau jamais honoré, puis un texto moqueur. Inadmissible.",
)
HOSTILE = (
    (
        "<script>alert('x')</script> <img src=x onerror=alert(1)> Livraison honteuse, je veux un "
        "remboursement <b>immédiat</b> !"
        " Trois relances, aucune réponse, et la caissière qui soupire quand on demande à voir un responsable."
    ),
    (
        "=cmd|'/c calc'!A1 @SUM(1+1) service client injoignable depuis quinze jours, c'est "
        "inadmissible et moqueur."
        " Quinze jours que cela dure, la plante est morte sur le palier et tout le monde s'en lave les mains."
    ),
    (
        "\u202eetrevid à tiaf tse etxet ec\u202c Colis perdu, relances ignorées, plus jamais je ne "
        "commanderai sur ce site."
    ),
    "Nul" + "uuuuuuuuuu" * 30 + " {{ 7*7 }} {% raise %} le terreau est infesté et la caissière s'en moque",
)
