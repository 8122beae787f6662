# Pourquoi un accès a son niveau. $subject est l’autorisation ou l’app-op de la plateforme, $value ce qui a été trouvé.
because-granted-by-person = La personne l’a accordé.
because-granted-by-policy = La politique de l’organisation l’a accordé.
because-granted-by-system = Le système l’a accordé; personne n’a été consulté.
because-granted-by-role = Il vient avec le rôle d’application par défaut.
because-granted = Il est accordé; le téléphone ne dit pas par qui.
because-install-time = Accordé à l’installation; personne n’a été consulté.
because-legacy-install-time = L’application a été faite pour Android 5 ou avant et l’a reçu à l’installation.
because-never-asked = L’application ne l’a pas encore demandé, et peut le faire.
because-refused-by-person = La personne l’a refusé.
because-refused-for-good = La personne l’a refusé, et l’application ne peut plus le demander.
because-refused-by-policy = La politique de l’organisation le refuse.
because-auto-revoked = Le téléphone l’a repris parce que l’application ne servait pas.
because-one-time = Accordé pour cette fois seulement.
because-one-time-over = Il a été accordé une fois; c’est terminé.
because-review-required = L’application a été faite pour Android 5 ou avant et ne peut pas s’ouvrir avant l’examen de ses autorisations.
because-revoked-compat = Accordé sur le papier, mais repris à cette application ancienne.
because-restricted = Accordé sur le papier, mais Android le restreint et cette application n’en est pas exemptée.
because-op-refuses = Accordé sur le papier, mais l’app-op { $subject } est « { $value } » : l’application ne reçoit rien.
because-op-asks = L’app-op { $subject } est « { $value } » : le téléphone demande chaque fois.
because-while-in-use = Accordé pendant l’utilisation de l’application ({ $subject }).
because-background-granted = L’utilisation en arrière-plan est accordée aussi.
because-no-background-permission = Cette version d’Android n’en écarte pas les applications en arrière-plan.
because-foreground-service = Accordé, et l’application déclare un service qui peut continuer à l’utiliser ({ $subject }).
because-approximate-only = Seule la position approximative est accordée.
because-precise = La position exacte est accordée.
because-selected-only = Seules les photos choisies par la personne sont accordées.
because-write-only = Seul l’ajout est accordé, pas la lecture.
because-accounts-only = Seule la liste des comptes est accordée.
because-scoped-storage = Accordé sur le papier; sans effet pour cette application sur cette version d’Android.
because-special-access-on = Cet accès spécial est activé (app-op { $subject } : { $value }).
because-special-access-off = Cet accès spécial n’est pas activé (app-op { $subject } : { $value }).
because-special-access-by-permission = L’image système donne cet accès spécial à l’application ({ $subject }).
because-service-enabled = Son service figure dans la liste des services activés du téléphone.
because-implicit-grant = Elle vient avec l’accès à Internet, car l’application a été conçue pour une version antérieure d’Android; personne n’a été interrogé ({ $subject }).
because-location-button = L’application affiche le bouton de position du système : chaque pression lui donne la position exacte pour la session, sans autre question ({ $subject }).
because-service-not-bound = Son service est activé. Il ne tourne pas à cet instant, parce qu’il a planté, a été mis à jour ou a été arrêté; Android le relance de lui-même.
because-service-listed-but-off = Son service figure dans la liste des services activés du téléphone, mais l’interrupteur général de ces services est coupé.
because-service-not-enabled = Son service ne figure pas dans la liste des services activés du téléphone.
because-device-admin = C’est un administrateur actif de l’appareil.
because-owner = L’application est propriétaire de l’appareil ou d’un profil.
because-vpn-consented = La personne a accepté une connexion VPN de cette application.
because-always-on-vpn = C’est le VPN permanent.
because-keyboard-in-use = C’est le clavier utilisé.
because-keyboard-enabled = C’est un clavier activé, mais pas celui qui est utilisé.
because-role-holder = C’est l’application par défaut pour : { $subject }.
because-battery-exempt = La personne l’a exclue de l’économie de batterie.
because-battery-restricted = La personne l’a restreinte en arrière-plan.
because-no-permission-needed = Aucune autorisation n’est nécessaire pour cela sur cette version du système.
because-no-row = L’application n’a pas demandé, ou l’a obtenu une seule fois, ce qui est terminé; une sauvegarde ne le distingue pas.
because-asks-next-time = Le téléphone demandera la prochaine fois.
because-off-for-all-apps = C’est désactivé pour toutes les applications dans les réglages, quoi qui ait été accordé à celle-ci.
because-refused = Il est refusé; le téléphone ne dit pas par qui.
because-refused-by-system = Le système le refuse; personne n’a été consulté.
because-selected-contacts-only = Seuls les contacts choisis par la personne sont accordés.
because-narrowed-by-update = Une mise à jour d’iOS l’a restreint à l’ajout; personne n’a décidé ce jour-là.
because-provisional-always = C’est accordé en tout temps pour l’instant; le téléphone demandera à la personne de confirmer.
because-while-in-use-or-widgets = C’est accordé pendant l’utilisation de l’application ou d’un de ses widgets.
because-at-any-time = C’est accordé en tout temps, en arrière-plan aussi.
because-precise-by-default = La position exacte est donnée, car personne n’a choisi autrement.
because-delivered-quietly = Les notifications sont remises discrètement; personne n’a été consulté.
because-on-by-default = C’est activé, car personne ne l’a désactivé.
because-switched-on = C’est activé dans les réglages.
because-switched-off = C’est désactivé dans les réglages.
because-keyboard-installed = Son clavier est installé, sans accès complet.
because-keyboard-full-access = Son clavier a l’accès complet : ce qui est tapé peut quitter le téléphone.
because-vpn-configured = Le téléphone a une configuration VPN de cette application.
because-health-asked = L’application a demandé des données de santé; la sauvegarde ne dit pas ce qui a été répondu.

verdict-fail = Échec
verdict-waived = Dérogation
verdict-not-assessed = Non évalué
verdict-manual = À vérifier à la main
verdict-noted = Signalé
verdict-pass = Conforme
verdict-not-applicable = Sans objet

severity-info = info
severity-low = faible
severity-medium = moyenne
severity-high = élevée
severity-critical = critique

user-primary = utilisateur principal
user-secondary = deuxième utilisateur
user-guest = invité
user-work-profile = profil professionnel
user-clone = deuxième copie d’applications
user-secure-folder = Dossier sécurisé
user-private-space = espace privé
user-restricted = utilisateur restreint
user-unknown-profile = profil

inert-app-disabled = sans effet pour l’instant : l’application est désactivée
inert-app-hidden = sans effet pour l’instant : une politique masque l’application
inert-app-suspended = sans effet pour l’instant : l’application est suspendue
inert-app-archived = sans effet pour l’instant : l’application est archivée
inert-user-restriction = sans effet pour l’instant : une restriction de cet utilisateur du téléphone le ferme à toutes les applications
inert-main-switch-off = sans effet pour l’instant : l’interrupteur général du téléphone est coupé

decided-user = par la personne
decided-policy = par une politique
decided-default = par défaut
decided-role = par un rôle
decided-system = par le système
decided-unknown = par qui, on ne sait pas

usage-foreground = en cours d’utilisation
usage-background = en arrière-plan
usage-unknown = utilisé

presence-absent = absente
presence-residual = supprimée, avec un reste
presence-disabled = désactivée
presence-installed = installée

source-play-store = Google Play
source-app-store = App Store
source-other-store = un autre magasin
source-managed = gestion des appareils
source-preloaded = préinstallée
source-sideloaded = un fichier, un navigateur ou un câble
source-unknown = inconnue

reason-refused = refusé
reason-absent = absent des données
reason-timed-out = délai dépassé
reason-truncated = coupé
reason-unproven = rien ne montre que c’est entier
reason-unreadable = incompris
reason-not-known = lu, mais inconnu de cette version de poucet
reason-not-supported = inexistant sur cette version
reason-encrypted-only = seulement dans une sauvegarde chiffrée, ce que celle-ci n’est pas
reason-no-password = la sauvegarde est chiffrée et aucun mot de passe n’a été donné

trace-developer-options = Les options pour les développeurs sont activées
trace-developer-options-fix = Paramètres > Système > Options pour les développeurs : désactivé
trace-usb-debugging = Le débogage USB est activé
trace-usb-debugging-fix = Paramètres > Système > Options pour les développeurs > Débogage USB : désactivé
trace-wireless-debugging = Le débogage sans fil est activé
trace-wireless-debugging-fix = Paramètres > Système > Options pour les développeurs > Débogage sans fil : désactivé
trace-tcp-debugging = Le débogage par le réseau, sans association, est activé
trace-tcp-debugging-fix = Lancer `adb usb`, ou redémarrer le téléphone
trace-trusted-computers = Cet ordinateur est autorisé pour le débogage
trace-trusted-computers-fix = Paramètres > Système > Options pour les développeurs > Révoquer les autorisations de débogage USB
trace-stay-awake = L’écran reste allumé pendant la charge
trace-stay-awake-fix = Paramètres > Système > Options pour les développeurs > Rester activé : désactivé
trace-local-backup = Une sauvegarde du téléphone se trouve sur l’ordinateur
trace-local-backup-fix = La supprimer une fois l’audit terminé (Finder ou Appareils Apple > Gérer les sauvegardes); elle contient les données de la personne
trace-trusted-host = L’ordinateur qui a fait la sauvegarde est approuvé par le téléphone
trace-trusted-host-fix = Réglages > Général > Transférer ou réinitialiser > Réinitialiser > Réinitialiser localisation et confidentialité

reason-other-profile = Le profil est pour { $value } et ne s’applique pas à { $phone }.
reason-other-platform = La règle concerne l’autre plateforme.
reason-condition = La règle vaut pour les téléphones avec « { $value } »; on a dit que celui-ci est à quelqu’un d’autre.
reason-condition-unknown = La règle vaut pour les téléphones avec « { $value } »; on n’a pas dit à qui est celui-ci (--ownership institution ou personal).
reason-waiver = Elle concerne { $value }.
reason-manual = Seule une personne peut regarder.
reason-no-such-app = Aucune application de ce genre n’est sur le téléphone.
reason-no-such-app-unverified = Aucune application de ce genre n’a été trouvée; les identifiants de celles-ci ne sont pas vérifiés : { $value }.
reason-in-use-now = Elle était en cours d’utilisation au moment de la lecture du téléphone.
reason-no-last-use = Le téléphone n’indique aucune dernière utilisation.
reason-last-use-ago = Dernière utilisation que le téléphone indique : { $value } jours avant la lecture du téléphone
reason-last-use = Dernière utilisation que le téléphone indique : { $value }
reason-not-on-platform = Cette plateforme n’a rien de tel.
reason-not-observable = Le téléphone ne dit pas cela d’une application.
reason-not-declared = L’application ne le déclare pas.
reason-presence = L’application est { $value }.
reason-preloaded-disabled = L’application fait partie de l’image système et est { $value }; une personne ne peut aller plus loin.
reason-not-on-version = Cette version d’Android n’a rien de tel.
reason-not-told-by-version = Sur cette version d’Android, rien de ce que le téléphone note n’indique si une application peut le faire.
reason-initiated-by = { $value } a demandé l’installation, quel que soit l’installateur que le téléphone nomme.
reason-brought-by = Le fichier est venu de { $value }; l’installateur du système l’a déballé.
reason-from-file = Le téléphone note qu’elle vient d’un fichier et ne nomme aucun installateur.
reason-from-store = { $value } l’a installée et se présente comme un magasin.
reason-by-policy = Une politique de l’organisation l’a installée.
reason-preloaded = Elle fait partie de l’image système du téléphone.
reason-installer = Le téléphone nomme { $value } comme installateur.
reason-no-installer = Le téléphone ne nomme aucun installateur.
reason-not-in-evidence = Les données ne le disent pas.
reason-value = Le téléphone dit : { $value }
reason-footprint = Le téléphone dit { $value }, car cette visite en a besoin : regarder de nouveau une fois le câble débranché.

gap-sentence = { $area } : { $reason }
gap-user = { " " }(utilisateur { $user })
gap-count = , { $read } lus sur { $of }
gap-detail = { " " }– { $detail }
gap-app-list = Liste des applications installées
gap-single-packages = dumpsys package n’a été demandé que pour certaines applications; lancez-le sans nom

expected-look = qu’une personne regarde
actual-nothing = rien
actual-unknown = inconnu
value-yes = oui
value-no = non
value-hidden = masqué
value-shown = affiché
app-hidden = Une application que ce profil ne nomme pas
app-of-user = { " " }– { $kind } { $user }
last-use = dernière utilisation { $at }, { $how }
last-use-now = en cours d’utilisation à cet instant
last-use-now-foreground = en cours d’utilisation à cet instant, à l’écran ou avec un avis visible
last-use-now-background = en cours d’utilisation à cet instant, en arrière-plan
last-use-ago-days = { $count ->
    [one] dernière utilisation un jour avant la lecture du téléphone, { $how }
   *[other] dernière utilisation { $count } jours avant la lecture du téléphone, { $how }
}
last-use-ago-hours = { $count ->
    [one] dernière utilisation une heure avant la lecture du téléphone, { $how }
   *[other] dernière utilisation { $count } heures avant la lecture du téléphone, { $how }
}
last-use-ago-minutes = { $count ->
    [0] dernière utilisation dans la minute avant la lecture du téléphone, { $how }
    [one] dernière utilisation une minute avant la lecture du téléphone, { $how }
   *[other] dernière utilisation { $count } minutes avant la lecture du téléphone, { $how }
}
last-use-doubtful = dernière utilisation { $at } selon une horloge déréglée, { $how }
device-not-known = Téléphone inconnu
device-patch = correctif de sécurité { $date }
device-id = id { $id }

table-profile = Profil { $id } { $version } : { $title }
table-own-catalog = Catalogue du { $date }, avec { $files }
table-own-catalog-file = { $file } ({ $date })
table-taken = Données du { $at }, source : { $source }
table-verdict-fail = { $count ->
    [one] Une règle échoue, de gravité { $worst }.
   *[other] { $count } règles échouent, la pire de gravité { $worst }.
}
table-verdict-pass = Aucune règle n’échoue.
table-verdict-unknown = Aucune règle n’échoue parmi celles qui ont pu être évaluées; certaines n’ont pas pu l’être.
table-counts = Règles conformes : { $pass }, en échec : { $fail }, non évaluées : { $unassessed }, à vérifier à la main : { $manual }, sans objet : { $other }.
table-numbers = Conformité { $conformity } (règles respectées parmi celles évaluées, pondérées critique 10, élevée 6, moyenne 3, faible 1), couverture { $coverage } (règles qui ont pu être évaluées).
table-verdict-critical = { $count ->
    [one] Une règle échoue, et elle est critique.
   *[other] { $count } règles échouent, dont critiques : { $critical }.
}
table-verdict-strict = { $count ->
    [one] Aucune règle n’échoue, mais une n’a pas été évaluée, et ce profil y voit un échec.
   *[other] Aucune règle n’échoue, mais { $count } n’ont pas été évaluées, et ce profil y voit un échec.
}
table-verdict-waived = { $count ->
    [one] Aucune règle n’échoue sauf une, que couvre une dérogation signée.
   *[other] Aucune règle n’échoue sauf { $count }, que couvrent des dérogations signées.
}
table-counts-waived = { $count ->
    [one] Dérogations : 1.
   *[other] Dérogations : { $count }.
}
table-counts-noted = { $count ->
    [one] Signalée, sans échec : 1.
   *[other] Signalées, sans échec : { $count }.
}
table-verdict-noted = { $count ->
    [one] Aucune règle n’échoue; une signale quelque chose.
   *[other] Aucune règle n’échoue; { $count } signalent quelque chose.
}
table-numbers-few = Conformité non donnée : il faut { $floor } des règles, et { $coverage } ont pu être évaluées (couverture).
table-note = À garder à l’esprit : { $note }
table-heading-waived = Dérogations : quelqu’un a signé
table-heading-noted = Signalé : à savoir, sans échec
table-heading-tailored = Où le profil s’écarte de ceux dont il hérite
table-tailored = { $rule } de { $parent } : { $change }.
table-tailored-no-reason = Aucune raison n’est donnée.
table-tailored-others = { $count ->
    [one] Un autre changement n’affaiblit pas sa règle.
   *[other] { $count } autres changements n’affaiblissent pas leurs règles.
}
change-off = n’est plus évaluée
change-severity = gravité
change-expected = valeur demandée
change-nothing = rien de dit
change-on = { " " }(sur { $platform })
change-from-to = { $what }, { $from } → { $to }
change-apps-removed = ne porte plus sur { $apps }
change-apps-added = porte aussi sur { $apps }
waiver-signed = Signée par { $approver } le { $granted }, jusqu’au { $expires } : { $reason }
waiver-ticket = { " " }({ $ticket })
waiver-rests = { " " }Elle dépend de { $rules }.
table-heading-apps = Ce que les applications listées peuvent toucher maintenant
table-column-app = Application
table-column-location = Position
table-column-camera = Caméra
table-column-microphone = Micro
table-column-contacts = Contacts
table-column-photos = Photos
table-column-special = Accès spéciaux
table-short-always = toujours
table-short-while-in-use = en cours
table-short-limited = partie
table-short-ask = 1 fois
table-short-none = non
table-short-denied = non
table-short-inert = (coupé)
table-legend = ● toujours : en tout temps · ◐ en cours : application ouverte · ◔ partie : lieu approximatif ou éléments choisis · ◌ 1 fois : pour cette fois seulement · ○ non : aucun accès · ? : inconnu · – : pas demandé · (coupé) : sans effet maintenant · ! : plus que le profil ne permet
table-legend-user = [{ $user }] : { $kind }
table-heading-fail = À changer, le pire d’abord
table-heading-unassessed = Non évalué
table-heading-manual = À vérifier à la main
table-heading-phone = Le téléphone lui-même
table-line = { $subject } : { $actual } (attendu : { $expected })
table-line-noted = { $subject } : { $actual }
table-press = À faire : { $text }
table-look = À la main : { $text }
table-backup = Ce qui a été changé sur le téléphone après la sauvegarde n’y figure pas.
table-backup-age = { $count ->
    [0] La sauvegarde date d’aujourd’hui
    [one] La sauvegarde date d’un jour
   *[other] La sauvegarde date de { $count } jours
} : ce qui a été changé sur le téléphone depuis n’y figure pas.
table-read-files = { $count ->
    [one] Un fichier, { $size } ko
   *[other] { $count } fichiers, { $size } ko
} : { $names }
table-heading-gaps = Non lu
table-heading-footprint = Avant de rendre le téléphone, couper ce que la visite exigeait
table-heading-read = Lu
table-read-counts = { $count ->
    [one] Une source, { $lines } lignes
   *[other] { $count } sources, { $lines } lignes
} : { $names }
table-other-apps = { $count ->
    [one] Une autre application est comptée, sans être nommée.
   *[other] { $count } autres applications sont comptées, sans être nommées.
}
table-gaps-more = { $count ->
    [one] … et une autre au sujet d’une autorisation d’application (--format json la donne)
   *[other] … et { $count } autres au sujet d’autorisations d’applications (--format json les donne)
}
activity-heading = Ce que les applications ont fait (rapport de confidentialité des apps)
activity-heading-days = Ce que les applications ont fait (rapport de confidentialité des apps, du { $from } au { $to })
activity-use = { $what } : { $count ->
    [one] utilisé une fois
   *[other] utilisé { $count } fois
}, la dernière { $last }
activity-picker = { $what } : { $count ->
    [one] choisi une fois par la personne
   *[other] choisi { $count } fois par la personne
} par l’intermédiaire du système, ce qui n’utilise pas l’autorisation
activity-domains = { $count ->
    [one] Un domaine contacté
   *[other] { $count } domaines contactés
} par l’application elle-même, accès : { $hits }
activity-owned = { $count ->
    [one] L’un d’eux appartient à un traqueur connu
   *[other] { $count } d’entre eux appartiennent à des traqueurs connus
} : { $owners }
activity-owner-not-named = { $count ->
    [one] le propriétaire de l’un d’eux n’est pas nommé
   *[other] les propriétaires de { $count } d’entre eux ne sont pas nommés
}
activity-addresses = { $count ->
    [one] L’un d’eux est une adresse IP sans nom
   *[other] { $count } d’entre eux sont des adresses IP sans nom
}
activity-most = Les plus contactés : { $names }{ $count ->
    [0] { "" }
    [one] { " " }et un autre (--format json le donne)
   *[other] { " " }et { $count } autres (--format json les donne)
}
activity-browsed = { $count ->
    [one] Un autre domaine a été contacté
   *[other] { $count } autres domaines ont été contactés
} depuis des pages Web ou en arrière-plan; il peut s’agir de navigation et rien n’est nommé
activity-none = Elle n’a rien fait que le rapport indique.
activity-no-app = Le rapport ne parle d’aucune application qui puisse être nommée.
activity-others = { $count ->
    [one] Une autre application est comptée, sans être nommée.
   *[other] { $count } autres applications sont comptées, sans être nommées.
}
activity-lines = { $count ->
    [one] Une ligne n’a pas été comprise
   *[other] { $count } lignes n’ont pas été comprises
}, sur { $lines }.
table-no-apps = Aucune application listée n’est installée.
table-apps-unknown = Aucune application listée n’a été trouvée, mais la liste des applications installées n’a pas été lue en entier.
value-days = { $number } jours
value-seconds = { $number } secondes

side-heading = Côte à côte : ce qu’au moins un des profils n’accepte pas ou n’a pas pu évaluer
side-column-what = Quoi
side-column-now = Maintenant
side-nothing = Rien : chaque profil accepte le téléphone tel qu’il est, pour autant qu’on ait pu en juger.
side-pass = accepté
side-fail = ✗ { $expected }
side-legend = accepté : tel quel · ✗ : non accepté, avec ce qui est demandé à la place · – : le profil n’en dit rien
side-others = { $count ->
    [one] Une autre chose est respectée sous tous ceux qui en parlent.
   *[other] { $count } autres choses sont respectées sous tous ceux qui en parlent.
}
side-move = { $count ->
    [one] De { $from } à { $to } : une chose à changer
   *[other] De { $from } à { $to } : { $count } choses à changer
}
side-move-none = Rien de plus que ce que le premier demande déjà.
side-move-met = Rien : le téléphone est tel que le second le demande, pour autant qu’on ait pu en juger.
side-step = [{ $severity }] { $what } : { $actual } → { $expected }
side-unknown = { $count ->
    [one] Une chose que demande le second n’a pas pu être évaluée.
   *[other] { $count } choses que demande le second n’ont pas pu être évaluées.
}
side-eased = { $count ->
    [one] Un échec ne compte plus sous { $to }.
   *[other] { $count } échecs ne comptent plus sous { $to }.
}
percent = { $number } %
oscal-no-offset = La lecture n’a pas d’heure avec décalage : ses moments sont écrits en UTC, ou au début de 1970.
sarif-more = En savoir plus : poucet explain { $code }
oscal-not-applicable = Sans objet : { $rules }
oscal-no-profile = Aucun profil : une comparaison seule
oscal-plan = Le profil se trouve en annexe, avec son empreinte.
