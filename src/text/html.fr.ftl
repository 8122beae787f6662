# Le rapport sous forme de page.

html-title = Rapport sur un téléphone
html-language = Français
html-skip = Aller au rapport
html-contents = Dans ce fichier
html-short-numbers = Conformité { $conformity }, couverture { $coverage }.
html-made-by = Produit par poucet { $version }, qui ne fait que lire. Ce qui n’a pas été évalué est dit; rien n’est deviné.
html-evidence-note = Sur papier, les éléments repliés sont omis : ouvrir ceux qui doivent être imprimés.
html-evidence-of = Données du
html-profile = Profil
html-catalog = Catalogue d’applications du
html-baseline = Lecture précédente
html-verdict-apps = { $count ->
    [one] { $met } application sur une seule évaluée respecte « { $profile } ».
   *[other] { $met } des { $count } applications évaluées respectent « { $profile } ».
}
html-verdict-no-app = Aucune application évaluée n’est sur le téléphone (« { $profile } »).
html-verdict-worst = Le pire : { $who } – { $subject } : { $actual }.
html-verdict-critical = Critique : { $who } – { $subject } : { $actual }.
html-verdict-waiver = { $title }.
html-the-phone = le téléphone lui-même
html-conformity = Conformité
html-conformity-means = Règles respectées parmi celles qui ont été évaluées, pondérées : critique 10, élevée 6, moyenne 3, faible 1.
html-coverage = Couverture
html-coverage-means = Règles qui ont pu être évaluées.
html-first-things = { $count ->
    [one] La seule chose à faire
   *[other] Les { $count } choses à faire d’abord
}
html-evidence = Éléments de preuve
html-why = Pourquoi cette règle
html-rule = Règle
html-installed = installée le
html-updated = mise à jour le
html-may-touch = Ce à quoi elle a accès
html-column-access = Accès
html-column-now = Maintenant
html-column-who = Qui a décidé, dernière utilisation
html-column-rule = Profil
html-column-setting = Paramètre
html-column-value = Valeur
html-column-source = Source
html-column-origin = Commande ou fichier
html-column-size = Taille
html-touches-nothing = Elle n’a accès à rien de ce que poucet examine.
html-no-access = { $count ->
    [one] Une chose à laquelle elle n’a pas accès
   *[other] { $count } choses auxquelles elle n’a pas accès
}
html-timeline = Un trait dans une fiche montre les dernières utilisations dans les 30 jours avant la lecture, le jour de la lecture à droite : cercle, application ouverte; carré, en arrière-plan.
html-timeline-title = { $count ->
    [one] Une dernière utilisation dans les 30 jours avant la lecture
   *[other] { $count } dernières utilisations dans les 30 jours avant la lecture
}
html-configuration = La configuration du téléphone lui-même
html-settings = Paramètres lus
html-users = Utilisateurs
html-config-profiles = Profils de configuration
html-gaps-of-apps = { $count ->
    [one] Une chose à propos d’une application en particulier
   *[other] { $count } choses à propos d’applications en particulier
}
html-read = Ce qui a été lu
html-read-note = Pour la personne à qui appartient le téléphone : ces sources ont été lues, et aucune autre. Aucun message, aucune photo, aucun contact ni aucune position n’en fait partie.
html-read-sources = { $count ->
    [one] Une source
   *[other] { $count } sources
}
html-size = { $lines } lignes, { $bytes } octets
html-sign-owner = La personne à qui appartient le téléphone
html-sign-desk = Pour le service informatique
html-sign-date = Date
html-rules = Pourquoi ces règles
