# La ligne de commande : aide, messages et conseils.

cli-poucet = Audite des téléphones : ce que chaque application sociale installée peut vraiment toucher, quand elle l’a fait pour la dernière fois, et si un profil de durcissement le permet. Il ne fait que lire.
cli-devices = Les téléphones en vue, leur état, quoi faire sur le téléphone quand il n’est pas prêt, et les sauvegardes iOS de cet ordinateur
cli-audit = Juger des téléphones ou des données recueillies selon un profil (l’usage principal); sans CIBLE : tous les téléphones branchés
cli-snapshot = Les faits seuls, en JSON; plusieurs cibles donnent du JSON Lines
cli-collect = Garder les données brutes, sans données personnelles, pour les auditer plus tard ou ailleurs
cli-profile = Lister, montrer et vérifier des profils
cli-profile-list = Lister les profils livrés
cli-profile-show = Montrer un profil
cli-profile-lint = Chercher les fautes dans des fichiers de profil
cli-apps = Lister, montrer et chercher dans le catalogue des applications
cli-apps-list = Lister toutes les applications
cli-apps-show = Montrer une application
cli-apps-search = Chercher des applications par un mot
cli-explain = Ce qu’un mot veut dire, comment le voir sur le téléphone et que faire pour le changer
cli-usage-heading = Utilisation
cli-commands-heading = Commandes
cli-options-heading = Options
cli-exit-codes =
    Codes de sortie : 0 aucune règle n’échoue au seuil ou au-dessus, 1 une règle échoue, 2 arguments ou profil fautifs, 3 cible illisible, ou données refusées, coupées, endommagées ou contradictoires, 4 aucun téléphone trouvé.

    Une CIBLE est adb:NUMÉRO (par un serveur ADB), usb: ou tcp:HÔTE:PORT (sans serveur), ou un chemin : un rapport de bogue, un dossier ou zip AndroidQF, une sauvegarde iOS, un dossier de preuves de `poucet collect`, des fichiers dumpsys épars, un instantané, ou - pour des instantanés sur l’entrée standard.
cli-option-help = Montrer cette aide
cli-option-version = Montrer la version
cli-option-lang = Langue des textes et des rapports (par défaut : celle du système)
cli-option-profile = Profil selon lequel juger, un identifiant ou un fichier; peut être répété (par défaut : byod)
cli-option-format = Forme des résultats (par défaut : table)
cli-option-wide = Tableaux à leur pleine largeur, une ligne par application, quel que soit le terminal
cli-both-languages = `--format { $format }` est dans une seule langue à la fois
cli-both-languages-hint = `--lang both` va avec --format { $formats }
cli-option-output = Écrire dans ce fichier, en entier ou pas du tout
cli-option-collect-output = Écrire dans ce dossier, ou dans ce fichier zip
cli-option-fail-on = Gravité minimale d’une règle en échec qui donne le code de sortie 1 (par défaut : low; info : ce qui est signalé compte aussi)
cli-option-strict = Compter comme échec ce qui n’a pas été évalué
cli-option-ownership = À qui est le téléphone; certaines règles ne visent que ceux d’une institution
cli-option-explain-collection = Montrer chaque commande qui peut être lancée sur un téléphone et pourquoi, puis s’arrêter
cli-option-user = Seulement cet utilisateur du téléphone
cli-option-all-apps = Nommer toutes les applications, pas seulement celles du catalogue et celles qui ont un accès spécial
cli-option-show-serial = Mettre le numéro de série à la place de l’identifiant de l’appareil
cli-option-devices-show-serial = Montrer les identifiants des téléphones dans les chemins de leurs sauvegardes
cli-option-password-file = Fichier avec le mot de passe des sauvegardes iOS chiffrées; aussi : POUCET_BACKUP_PASSWORD, sinon une question
cli-option-password-stdin = Lire le mot de passe des sauvegardes iOS chiffrées sur l’entrée standard
cli-option-privacy-report = Rapport de confidentialité des apps exporté du téléphone de la sauvegarde iOS (.ndjson)
cli-option-timeout = Secondes accordées à un téléphone (par défaut : 60)
cli-option-follow-links = Suivre aussi les liens d’un dossier, où qu’ils mènent; seulement pour un dossier de confiance
cli-option-jobs = Cibles lues à la fois (par défaut : autant de fichiers que de processeurs, jusqu’à 16 téléphones)
cli-option-target = Ce qu’il faut lire, un téléphone ou un chemin : voir la fin de `poucet --help`
cli-option-id = Un identifiant, ou un fichier
cli-option-word = Une partie d’un nom, d’un identifiant ou d’un éditeur
cli-option-resolved = Avec tout ce dont il hérite, tel qu’il juge
cli-option-set = Valeur d’un paramètre du profil, comme patch_days=60; peut se répéter
cli-option-show-format = Forme du profil résolu (défaut : toml); json est ce dont le SHA-256 est calculé
cli-option-lint-file = Fichiers de profils, dossiers qui en contiennent, ou identifiants de profils fournis
cli-option-explain-word = Une règle, une autorisation, un niveau, une vérification, un mot d’un rapport, un nom d’Android ou d’iOS, une référence; sans lui : tous les mots
cli-option-explain-platform = Seulement ce qui vaut sur cette plateforme
cli-option-explain-vendor = Les menus des téléphones de ce fabricant
cli-option-explain-profile = Profil dont les règles sont cherchées, un identifiant ou un fichier; peut être répété (par défaut : tous ceux qui sont fournis)
cli-value-severity = GRAVITÉ
cli-value-seconds = SECONDES
cli-value-target = CIBLE
cli-value-set = NOM=VALEUR
cli-error = erreur :
cli-hint = conseil :
cli-stdout = impossible d’écrire sur la sortie standard : { $detail }
cli-unknown-argument = argument inconnu `{ $argument }`
cli-unknown-command = commande inconnue `{ $command }`
cli-missing-value = `{ $argument }` demande une valeur
cli-wrong-value = `{ $value }` n’est pas une valeur de `{ $argument }`
cli-missing-argument = il manque `{ $argument }`
cli-argument-twice = `{ $argument }` ne peut pas servir ainsi deux fois ou avec d’autres
cli-did-you-mean = vouliez-vous dire `{ $word }`?
cli-one-of = l’un de { $words }
cli-see-help = voyez `poucet --help`
cli-explain-collection = poucet lance ces commandes sur un téléphone Android, et aucune autre. Il ne fait que lire.
cli-no-phone = aucun téléphone trouvé
cli-no-phone-hint = branchez un téléphone, ou nommez des données recueillies : `poucet audit CHEMIN` (un rapport de bogue, un dossier AndroidQF, une sauvegarde iOS, un dossier de preuves)
cli-not-ready = le téléphone { $target } n’est pas prêt : { $state }
cli-android-serial = note : ANDROID_SERIAL désigne le téléphone { $serial } : sans cible, seul celui-ci est lu
cli-server = serveur ADB à { $address }, version { $version }
cli-target = cible { $target } :
cli-no-user = { $target } n’a pas d’utilisateur { $user }
cli-bad-snapshot = { $place } n’est pas un instantané que cette version peut lire : { $detail }
cli-bad-snapshot-no-line = { $place } n’est pas un instantané que cette version peut lire : la ligne n’est pas du texte UTF-8, ou est plus longue qu’un instantané ne peut l’être
cli-bad-snapshot-no-evidence = { $place } n’est pas un instantané que cette version peut lire : les instantanés ne contiennent pas de données brutes à recueillir
cli-bad-snapshot-hint = refaites-le avec `poucet snapshot`
cli-abstract-profile = le profil `{ $profile }` est fait pour être étendu et ne juge rien lui-même
cli-abstract-profile-hint = utilisez l’un de { $profiles }
cli-profile-abstract = (à étendre seulement)
cli-no-id-key = aucune clé d’identifiants n’a pu être gardée; les appareils n’ont donc pas d’identifiant : { $detail }
cli-short-id-key = { $variable } a moins de { $count } octets : qui a les identifiants pourrait essayer des numéros de série jusqu’à trouver le bon
cli-short-id-key-hint = prenez une clé plus longue, la même sur chaque poste, comme en donne `openssl rand -hex 32` : { $variable }=CLÉ
cli-not-utf8 = un argument n’est pas du texte UTF-8
cli-not-utf8-hint = seules les cibles peuvent avoir un nom fait d’autres octets; renommez le fichier ou le dossier que nomme l’option
cli-ignored = laissé de côté : { $file } ({ $reason })
cli-ignored-unrecognised = aucune sortie que poucet sache lire
cli-ignored-app-ops-get = `cmd appops get` ne nomme aucune application; prenez `dumpsys appops`
cli-ignored-too-much = plus que ce que poucet lit d’une même cible
cli-ignored-unreadable = illisible
cli-ignored-packed = chiffré, ou empaqueté sous une forme qui ne s’ouvre pas ici : décompressez-le, ou donnez-le seul
cli-doubted = { $file } : { $reason }
cli-ignored-contradicts = contredit hashes.csv : modifié après la collecte, rien n’y compte comme complet
cli-ignored-gone = hashes.csv l’annonce, et il n’est pas là
cli-ignored-unlisted = absent de hashes.csv : il a pu être ajouté plus tard
cli-ignored-link = un lien; --follow-links le suit, si vous savez où il mène
cli-ignored-doubtful = une autre sortie semble commencer à cette ligne, mais une application a pu l’écrire : enregistrez chaque sortie dans son propre fichier
cli-ignored-more = { $count ->
    [one] … et un autre fichier laissé de côté
   *[other] … et { $count } autres fichiers laissés de côté
}
cli-lint-good = { $file } : aucune faute, { $count ->
    [one] une règle
   *[other] { $count } règles
}, SHA-256 { $sha256 }
cli-collected = { $count ->
    [one] un fichier écrit dans { $path }
   *[other] { $count } fichiers écrits dans { $path }
}
cli-not-collected = non recueilli : { $source } ({ $reason })
cli-collect-one-zip = plusieurs cibles ne vont pas dans un seul fichier zip
cli-collect-one-zip-hint = nommez un dossier avec -o; chaque téléphone y a le sien
cli-collect-backup = { $path } : une sauvegarde iOS est déjà l’élément de preuve, et rien de déchiffré n’en est jamais écrit
cli-collect-backup-hint = gardez la sauvegarde elle-même; `poucet snapshot` garde les faits seuls
cli-password-unreadable = aucun mot de passe n’a pu être lu dans { $place } : { $detail }
cli-password-unreadable-hint = le fichier contient le mot de passe et rien d’autre; un saut de ligne à la fin n’en fait pas partie
cli-stdin-twice = l’entrée standard ne peut pas être à la fois une cible et le mot de passe
cli-stdin-twice-hint = donnez le mot de passe avec --password-file ou POUCET_BACKUP_PASSWORD
cli-password-prompt = Mot de passe de la sauvegarde chiffrée { $target } (vide : continuer sans) :
cli-password-no-text = le mot de passe de { $place } n’est ni en UTF-8 ni en UTF-16 avec marque d’ordre des octets
cli-password-no-text-hint = les téléphones prennent les mots de passe en UTF-8; enregistrez le fichier à nouveau en UTF-8 (Bloc-notes : Enregistrer sous, Codage), ou tapez le mot de passe à l’invite
cli-password-wrong = Ce mot de passe n’ouvre pas la sauvegarde.
cli-many-rounds = { $target } : ses clés demandent { $millions } millions d’itérations, plusieurs fois celles d’un téléphone; chaque mot de passe prend ce temps
cli-deriving-key = dérivation de la clé de la sauvegarde …
cli-password-not-needed = { $target } n’est pas chiffrée; le mot de passe n’était pas nécessaire
cli-backup-locked = { $target } est chiffrée et aucun mot de passe n’a été donné : l’appareil, la version d’iOS et les applications sont lus, et aucune permission d’aucune application ne l’est
cli-backup-locked-hint = donnez-le avec --password-file FILE, --password-stdin ou POUCET_BACKUP_PASSWORD, ou lancez poucet dans un terminal et tapez-le
cli-backup-unfinished = avertissement : la sauvegarde { $target } n’a pas été terminée ({ $state }); une partie de ce qu’elle dit peut être ancienne ou manquer
cli-backup-resized = { $count ->
    [one] { $target } : un fichier a changé pendant la sauvegarde et a été lu en entier : { $files }
   *[other] { $target } : { $count } fichiers ont changé pendant la sauvegarde et ont été lus en entier : { $files }
}
cli-backups-heading = Sauvegardes iOS de cet ordinateur :
cli-backups-hidden = … remplace l’identifiant du téléphone (--show-serial le montre); le dossier au-dessus fait lire toutes les sauvegardes qu’il contient.
cli-backup-encrypted = chiffrée
cli-backup-plain = non chiffrée
cli-backup-whole = terminée
cli-backup-half = non terminée
cli-backup-unknown = ?
cli-no-app = aucune application du catalogue ne répond à `{ $word }`
cli-no-app-hint = essayez `poucet apps search` avec une partie de son nom, de son identifiant ou de son éditeur
cli-app-control = sous les lois de { $country } (au { $date })
cli-app-publisher = éditeur
cli-app-category = catégorie
cli-app-cannot-tell = Ce que l’identifiant ne dit pas : { $what }
cli-id-verified = vérifié
cli-id-single-source = d’une seule source
cli-id-unverified = non vérifié
cli-option-catalog = Fichier de catalogue d’une organisation; peut être répété
cli-option-no-config = Laisser de côté le fichier de configuration; aussi : POUCET_CONFIG vide
cli-config-wrong = la configuration est fautive : rien n’a été fait
cli-config-hint = corrigez-la, ou laissez-la de côté avec --no-config
cli-app-own = ajoutée par l’organisation, en date du { $date }
cli-app-corrected = corrigée par l’organisation, en date du { $date }
cli-profile-own = (de l’organisation : { $file })
cli-older-catalog = { $target } a été fait avant, avec un autre catalogue : les applications que celui-ci ajoute sont peut-être parmi les { $count } qu’il ne fait que compter
cli-older-catalog-hint = relisez le téléphone ou ses données avec --catalog, ou faites les instantanés avec --all-apps
cli-apps-lint = Chercher les erreurs dans les fichiers de catalogue d’une organisation
cli-option-own-file = Fichiers de catalogue
cli-apps-lint-good = { $file } : aucune erreur; applications ajoutées : { $apps }, corrigées : { $corrections }; SHA-256 { $sha256 }

cli-waiver = Ce que quelqu’un a signé : lister, et en écrire
cli-waiver-list = Les dérogations de fichiers, d’abord celles qui finissent bientôt
cli-waiver-new = Écrire une dérogation à une règle, à compléter et à signer
cli-option-waivers = Fichier de dérogations; peut être répété
cli-option-today = Le jour pour lequel les dérogations sont examinées (par défaut : aujourd’hui)
cli-option-expiring = Seulement celles qui finissent dans ce nombre de jours, ou qui ont pris fin
cli-option-finding = La règle qui n’a pas à être respectée, et l’application s’il y en a une
cli-option-waiver-device = Le téléphone, par l’identifiant que lui donne un rapport (par défaut : tout téléphone)
cli-option-waiver-app = L’application, par son mot ou son identifiant
cli-option-waiver-approver = Qui signe
cli-option-waiver-reason-en = Pourquoi, en anglais
cli-option-waiver-reason-fr = Pourquoi, en français
cli-option-waiver-ticket = Où c’est consigné
cli-option-waiver-mitigation = Une règle qui doit être respectée pour que la dérogation tienne; peut être répété
cli-option-waiver-days = Combien de jours elle tient (par défaut : 90, au plus 365)
cli-no-waivers = aucun fichier de dérogations n’est nommé
cli-no-waivers-hint = en nommer un avec --waivers, ou dans la configuration
cli-waiver-any-phone = tout téléphone
cli-waiver-phones = téléphones { $ids }
cli-waiver-any-app = toute application
cli-waiver-apps = applications : { $apps }
cli-waiver-signed = { $approver } : { $reason } ({ $place })
cli-waiver-rests = dépend de { $rules }
cli-waiver-form = `{ $finding }` ne nomme aucune règle d’un profil
cli-waiver-form-hint = écrire l’identifiant du profil, une barre oblique et celui de la règle, comme `byod/contacts`; puis une autre barre et l’application, s’il y en a une
cli-waiver-no-rule = le profil { $profile } n’a pas de règle `{ $rule }`
cli-waiver-new-remark = Remplacer les points : une dérogation qui en contient est refusée. La mettre dans un fichier qui commence par : format = 1
cli-waiver-unused = note : aucun de ces téléphones n’a besoin de la dérogation à { $rule } ({ $place })
cli-consent = note : le profil { $profile } demande que la personne accepte avant la lecture du téléphone; `poucet audit --explain-collection` affiche ce qui est lu
cli-waiver-left = { $count ->
    [one] il reste un jour
   *[other] il reste { $count } jours
}
cli-waiver-past = { $count ->
    [one] finie depuis un jour
   *[other] finie depuis { $count } jours
}
cli-waiver-count = { $count ->
    [one] { $shown } sur une dérogation
   *[other] { $shown } sur { $count } dérogations
}
cli-warning = avertissement : { $message }
cli-baseline-other = avertissement : rien ne dit que la référence vient de { $target }; elle sert quand même
cli-no-baseline = note : la référence n’a aucune lecture de { $target }; tout échec compte comme nouveau
cli-no-pair = aucun téléphone n’est à la fois dans { $before } et dans { $after }
cli-no-pair-hint = les téléphones sont reconnus à leur identifiant d’appareil : lire les deux avec la même clé (POUCET_ID_KEY), ou nommer une seule lecture de chaque côté
cli-compare-stdin = l’entrée standard ne peut pas être à la fois l’avant et l’après
cli-compare-stdin-hint = en garder un dans un fichier
cli-compare = Ce qui a changé entre deux lectures et, avec un profil, ce qui est corrigé, nouveau ou échoue toujours
cli-option-before = La première lecture : un téléphone ou un chemin, comme une CIBLE
cli-option-after = La seconde lecture
cli-option-baseline = Lecture précédente à laquelle comparer les résultats : un instantané, ou tout autre chemin
cli-option-fail-on-new = Avec --baseline : seuls les échecs qui n’y sont pas donnent le code de sortie 1
cli-option-compare-profile = Profil selon lequel juger les deux lectures, un identifiant ou un fichier; peut être répété (défaut : aucun)
cli-option-compare-fail-on-new = Seuls les nouveaux échecs donnent le code de sortie 1

# Plusieurs cibles à la fois.
cli-aside = { $file } : rien que poucet connaisse; laissé de côté.
cli-link-aside = { $file } : un lien, qui peut mener n’importe où; laissé de côté. --follow-links le suit, si vous savez où il mène.
cli-hollow = { $folder } : un dossier vide, comme en laisse une sauvegarde qui n’a jamais commencé; laissé de côté.
cli-other-results = { $folder } : les résultats qui s’y trouvent sont d’une autre version de poucet, dont celle-ci n’utilise pas les fiches; tout est relu, et les anciens rapports restent à côté des nouveaux.
cli-no-summary = il n’y a pas de sommaire de tous les téléphones en { $format }
cli-standard-input = l’entrée standard
cli-stdin-list = l’entrée standard ne peut pas contenir à la fois la liste des cibles et des instantanés
cli-bad-list = { $file } : la liste des cibles ne peut pas être lue : { $detail }
cli-empty-list = { $file } : la liste ne nomme aucune cible
cli-list-hint = écrivez une cible par ligne : un chemin, ou adb:NUMÉRO; les lignes vides et celles qui commencent par # ne comptent pas
cli-list-too-long = { $file } : la liste des cibles dépasse 64 Mio
cli-list-too-long-hint = divisez-la, ou nommez le dossier où se trouvent les cibles
cli-defect = { $target } : un défaut de poucet a empêché de lire cette cible
cli-defect-hint = signalez-le avec le message ci-dessus; les autres cibles ont été lues
cli-option-targets-from = Lire aussi les cibles qu’un fichier nomme, une par ligne (- pour l’entrée standard)
cli-option-watch-output = Écrire dans ce fichier; après chaque téléphone il est entier, avec tous les téléphones lus jusque-là
cli-option-watch-output-dir = Écrire un rapport dans un dossier chaque fois qu’un téléphone est branché
cli-option-output-dir = Écrire un rapport par cible dans un dossier, et passer celles qui y sont déjà pour les mêmes pièces, le même profil et la même version
cli-option-summary = Ne montrer que ce que donnent tous les téléphones : verdicts, règles par échecs, applications, ce qui n’a pas été évalué (table, json, csv, html, markdown)
cli-fleet = L’historique que garde --store : appareils, lectures, tendance, comparaisons
cli-fleet-list = Les appareils, avec leurs derniers verdicts
cli-fleet-show = Les lectures d’un appareil, avec ce qui a été jugé de chacune
cli-fleet-trend = L’évolution du parc, par jour, semaine ou mois
cli-fleet-compare = Deux lectures du dépôt; d’un seul appareil, la dernière avec celle d’avant
cli-fleet-prune = Supprimer les vieilles lectures, ou fixer combien de temps le dépôt les garde
cli-fleet-restore = Rétablir ce qui a été supprimé, tant que c’est possible
cli-fleet-export = Les lectures telles quelles, une ligne JSON chacune, pour les juger de nouveau avec `poucet audit -`
cli-watch = Auditer chaque téléphone dès qu’il est branché, jusqu’à Ctrl-C
cli-option-store = Garder lectures et verdicts : dans le fichier habituel, ou avec --store=ENDROIT dans un autre, ou sur un serveur PostgreSQL
cli-option-compare-store = Où `last` cherche la lecture d’avant (par défaut : le dépôt habituel)
cli-option-fleet-store = Le dépôt à consulter (par défaut : celui de la configuration, sinon le fichier habituel)
cli-option-keep = Combien de temps le dépôt garde les lectures, dès maintenant et pour tous les bureaux; les plus vieilles sont supprimées
cli-option-fleet-device = L’appareil, par son identifiant ou le début de celui-ci; avec @AAAA-MM-JJ, sa dernière lecture à la fin de ce jour
cli-option-fleet-by = La longueur d’une période (par défaut : month, le mois)
cli-option-fleet-profile = Seulement ce qu’a dit ce profil; peut être répété
cli-option-fleet-older-than = Supprimer les lectures plus vieilles que cela (90d, 12w)
cli-option-undo-window = Combien de temps ce qui est supprimé peut être rétabli, dès maintenant (par défaut : 7d); avec 0 cela part aussitôt, avec ce qui pouvait encore être rétabli
cli-option-clock-is-right = Affirmer que l’horloge de cet ordinateur est juste, là où le dépôt en doute
cli-option-restore-deletion = Le numéro de la suppression (par défaut : la dernière)
cli-option-restore-list = Montrer ce qui a été supprimé, quand et pourquoi, et jusqu’à quand c’est rétablissable
cli-no-home = il n’y a pas d’endroit pour un dépôt : le dossier personnel n’est pas connu
cli-no-home-hint = nommez-en un avec --store=FICHIER, ou dans POUCET_STORE
cli-store-drained = { $count ->
    [one] Une lecture qui attendait est maintenant déposée dans { $place }.
   *[other] { $count } lectures qui attendaient sont maintenant déposées dans { $place }.
}
cli-store-new = { $count ->
    [one] Une lecture déposée dans { $place }.
   *[other] { $count } lectures déposées dans { $place }.
}
cli-store-known = { $count ->
    [one] Une lecture était déjà déposée.
   *[other] { $count } lectures étaient déjà déposées.
}
cli-store-too-old = { $count ->
    [one] Une lecture est plus vieille que ce que garde le dépôt, et n’a pas été déposée.
   *[other] { $count } lectures sont plus vieilles que ce que garde le dépôt, et n’ont pas été déposées.
}
cli-store-expired = { $count ->
    [one] Une vieille lecture a été supprimée, le dépôt ne la gardant plus.
   *[other] { $count } vieilles lectures ont été supprimées, le dépôt ne les gardant plus.
}
cli-store-waiting = { $count ->
    [one] une lecture n’a pas pu être déposée; elle attend dans { $folder }
   *[other] { $count } lectures n’ont pas pu être déposées; elles attendent dans { $folder }
}
cli-store-waiting-hint = elles seront déposées d’elles-mêmes la prochaine fois que poucet joindra ce dépôt
cli-store-keeps = { $count ->
    [one] Le dépôt garde les lectures un jour.
   *[other] Le dépôt garde les lectures { $count } jours.
}
cli-store-keeps-all = Le dépôt ne supprime rien de lui-même; `poucet fleet prune --keep 365d` fixe combien de temps il garde les lectures.
cli-store-pruned = { $count ->
    [0] Rien dans { $place } n’est aussi vieux.
    [one] Une lecture supprimée de { $place }.
   *[other] { $count } lectures supprimées de { $place }.
}
cli-store-undo = { $count ->
    [one] `poucet fleet restore` rétablit ce qui a été supprimé, pendant un jour; jusque-là, c’est encore dans le dépôt.
   *[other] `poucet fleet restore` rétablit ce qui a été supprimé, pendant { $count } jours; jusque-là, c’est encore dans le dépôt.
}
cli-store-purged = { $count ->
    [one] Une lecture qui avait été supprimée est partie pour de bon.
   *[other] { $count } lectures qui avaient été supprimées sont parties pour de bon.
}
cli-store-restored = { $count ->
    [0] Tout ce qui avait été supprimé est déjà revenu dans { $place }.
    [one] Une lecture est de retour dans { $place }.
   *[other] { $count } lectures sont de retour dans { $place }.
}
cli-store-restored-keeps = { $count ->
    [one] Le dépôt garde les lectures un jour : les plus vieilles repartent au prochain dépôt, à moins que `poucet fleet prune --keep` n’en décide autrement.
   *[other] Le dépôt garde les lectures { $count } jours : les plus vieilles repartent au prochain dépôt, à moins que `poucet fleet prune --keep` n’en décide autrement.
}
cli-store-unproven = { $count ->
    [one] Un de ces verdicts ne porte pas le sceau de la clé de ce bureau : rien ne dit ici s’il est bien ce qui a été déposé.
   *[other] { $count } de ces verdicts ne portent pas le sceau de la clé de ce bureau : rien ne dit ici s’ils sont bien ce qui a été déposé.
}
cli-store-date = `{ $date }` n’est pas une date
cli-store-date-hint = écrivez APPAREIL@AAAA-MM-JJ, ou une heure comme APPAREIL@2026-11-16T09:30:00Z
cli-store-no-reading = il n’y a pas de telle lecture de { $device } dans le dépôt
cli-store-no-reading-hint = `poucet fleet show { $device }` montre les lectures; `poucet audit --store` en ajoute une
cli-no-last-id = ces pièces ne disent pas de quel appareil elles viennent; rien d’antérieur ne peut être trouvé
cli-no-last-id-hint = comparez avec un fichier : poucet compare AVANT APRÈS
cli-progress-read = lus
cli-watch-ready = Branchez un téléphone; Ctrl-C termine.
cli-watch-reading = { $target } : lecture…
cli-watch-written = { $target } : écrit dans { $file }
cli-watch-server-gone = Le serveur ADB sur { $address } s’est arrêté. Les téléphones seront lus à nouveau quand il y en aura un; poucet n’en lance pas.
cli-watch-server-back = Un serveur ADB répond maintenant sur { $address } (version { $version }).
cli-watch-next = Prêt pour le téléphone suivant.
cli-watch-unplugged = pas lu : débranché avant que son tour ne vienne
cli-watch-unread = pas lu : la surveillance s’est terminée avant son tour
cli-watch-ending = { $count ->
    [one] Un téléphone est encore en lecture; un autre Ctrl-C arrête tout de suite.
   *[other] { $count } téléphones sont encore en lecture; un autre Ctrl-C arrête tout de suite.
}
cli-keep-nothing = --keep dit combien de temps le dépôt garde les lectures, et rien n’est déposé
cli-keep-nothing-hint = ajoutez --store

# Association avec le débogage sans fil.

cli-devices-pair = Faire connaître cet ordinateur à un téléphone en débogage sans fil (Android 11 et plus récents), comme « adb pair »
cli-devices-pair-more = Sur le téléphone : Options pour les développeurs, Débogage sans fil, « Associer l’appareil avec un code d’association ». Indiquez l’adresse affichée à côté du code. Le code est demandé; un script le donne sur l’entrée standard. Le téléphone retient la clé de cet ordinateur, ~/.android/adbkey; elle est créée s’il n’y en a pas.
cli-option-pair-address = L’adresse du téléphone et son port d’association, tels qu’ils figurent à côté du code
cli-pair-prompt = Code à six chiffres que le téléphone affiche pour { $address } :
cli-pair-bad-address = `{ $address }` n’est pas l’adresse d’un téléphone : HÔTE:PORT est attendu
cli-pair-unreadable = aucun code d’association n’a pu être lu : { $detail }
cli-pair-bad-code = un code d’association a six chiffres, et aucun code de ce genre n’a été donné
cli-pair-bad-code-hint = saisissez les chiffres que le téléphone affiche, ou donnez-les sur l’entrée standard : echo 123456 | poucet devices pair HÔTE:PORT
cli-pair-key-made = note : cet ordinateur n’avait pas encore de clé; une clé a été créée dans { $path }
cli-pair-paired = Associé à { $name } à { $host } : le téléphone connaît maintenant cet ordinateur.
cli-pair-next = Ensuite : poucet audit { $target }, où { $port } est le port qui figure sous « Adresse IP et port » sur l’écran « Débogage sans fil » du téléphone.
cli-pair-port = PORT
cli-waiting-allow = { $target } : en attente du téléphone. Déverrouillez-le et acceptez la question « Autoriser le débogage USB? »
cli-bad-key = note : { $text }; elle est laissée de côté
cli-same-phone = note : { $target } est le même téléphone que { $other }, atteint par un autre chemin; il est compté une fois
