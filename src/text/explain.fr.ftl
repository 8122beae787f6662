# Ce que les mots veulent dire : titres et phrases de `poucet explain` et de docs/rules.
explain-any-app = l’application
explain-list-and = { $rest } et { $last }
explain-list-or = { $rest } ou { $last }
explain-names-more = { $names } et { $count } autres
explain-named = { $name } (`{ $word }`)
explain-labelled = { $label } : { $text }
explain-title = { $kind } : { $title }

explain-kind-profile = Profil
explain-kind-rule = Règle
explain-kind-permission = Autorisation
explain-kind-level = Niveau d’accès
explain-kind-check = Vérification
explain-kind-verdict = Verdict
explain-kind-severity = Gravité
explain-kind-state = État d’une autorisation
explain-kind-decided-by = Qui a décidé
explain-kind-because = Raison d’un niveau
explain-kind-inert = Sans effet
explain-kind-presence = Présence d’une application
explain-kind-source = Provenance d’une application
explain-kind-gap = Raison d’une lacune
explain-kind-user = Utilisateur d’un téléphone
explain-kind-trace = Trace d’une visite
explain-kind-service = Service iOS
explain-kind-control = Référence

explain-kinds-profile = Profils
explain-kinds-rule = Règles
explain-kinds-permission = Autorisations
explain-kinds-level = Niveaux d’accès, du plus bas au plus haut
explain-kinds-check = Vérifications du téléphone
explain-kinds-verdict = Verdicts
explain-kinds-severity = Gravités, de la moindre à la plus forte
explain-kinds-state = États d’une autorisation
explain-kinds-decided-by = Qui a décidé
explain-kinds-because = Raisons d’un niveau
explain-kinds-inert = Pourquoi une autorisation peut être sans effet
explain-kinds-presence = Présence d’une application, de la moindre à la pleine
explain-kinds-source = Provenance d’une application
explain-kinds-gap = Pourquoi une chose n’a pas pu être lue
explain-kinds-user = Utilisateurs d’un téléphone
explain-kinds-trace = Traces d’une visite

explain-section-why = Pourquoi c’est important
explain-section-asks = Ce qui est demandé
explain-section-apps = Applications visées
explain-section-look = Comment regarder à la main
explain-section-fix = Que faire sur le téléphone
explain-section-reads = Ce que poucet lit
explain-section-verdicts = Les réponses possibles
explain-section-references = Références auxquelles cela répond
explain-section-rules = Règles
explain-section-levels = Niveaux possibles
explain-section-limits = Ce que poucet ne peut pas savoir
explain-section-behind = Ce qu’il y a derrière
explain-section-value = À quoi cela se compare
explain-section-where = Où cela se trouve
explain-section-permissions = Autorisations qui peuvent l’avoir

explain-vendor-samsung = Samsung
explain-vendor-xiaomi = Xiaomi, Redmi, POCO
explain-vendor-huawei = Huawei, Honor
explain-vendor-oppo = OPPO, OnePlus, realme
explain-vendor-vivo = vivo, iQOO
explain-vendor-motorola = Motorola
explain-makers = Les menus diffèrent sur les téléphones de certains fabricants : `poucet explain { $word } --vendor NOM`, avec l’un de { $makers }.

explain-label-profiles = { $count ->
    [one] Profil
   *[other] Profils
}
explain-label-severity = Gravité
explain-label-selector = Dans les mots des profils
explain-label-selected = Au catalogue
explain-severity = { $name } (`{ $word }`) : { $meaning }
explain-severity-info = signalé, pas jugé : ce qui est trouvé est signalé, sans être un échec
explain-severity-low = bonne pratique
explain-severity-medium = plus que ce que l’objet du profil exige
explain-severity-high = un fort pouvoir sur le téléphone, ou une protection absente
explain-severity-critical = la promesse du profil est rompue
explain-tailored = { $profile } change ce que dit { $parent }.
explain-tailored-because = { $profile } change ce que dit { $parent } : { $because }

explain-same-otherwise = Le reste est comme dans { $name }.

explain-select-any = toutes les applications du catalogue
explain-select-category = les applications de la catégorie « { $name } »
explain-quoted = « { $name } »
explain-select-categories = les applications des catégories { $names }
explain-select-owner = les applications de { $name }
explain-select-country = les applications dont le propriétaire relève des lois de ce pays : { $name }
explain-select-id = les applications installées sur { $platform } sous { $id }
explain-select-except = { $apps }, sauf { $others }
explain-select-both = { $one } qui sont aussi { $other }
explain-apps-selected = { $count ->
    [0] aucune application
    [one] une application : { $names }
   *[other] { $count } applications : { $names }
}

explain-only-on = Elle ne vaut que sur { $platform }.
explain-at-most-level = au plus « { $level } » (`{ $word }`)
explain-at-most = au plus { $value }
explain-at-least = au moins { $value }
explain-ignore-master = Chaque application est jugée comme si l’interrupteur général du téléphone était activé : une autorisation qui dort derrière lui compte.
explain-read = { $source } : { $keys }

explain-verdict-judged = jugé pour chaque application; non évalué là où les éléments n’ont pas pu être lus
explain-verdict-unobservable = non évalué, car aucun élément ne le dit d’une application : { $names }
explain-verdict-absent = sans objet, car la plateforme n’a rien de tel : { $names }
explain-verdict-other-platform = sans objet : la règle est pour l’autre plateforme
explain-verdict-footprint = Sur un téléphone branché, un échec est montré comme « À vérifier à la main », car la visite elle-même a pu l’activer : regarder de nouveau une fois le câble retiré.
explain-verdict-condition = Elle ne s’applique que si l’audit sait à qui est le téléphone (`--ownership`) : { $condition }.
explain-readable-absent = sans objet : la plateforme n’a rien de tel
explain-readable-manual = aucun élément ne le dit : une personne regarde (« À vérifier à la main »)
explain-readable-automatic = jugé d’après les éléments lus; non évalué là où ils n’ont pas pu l’être
explain-readable-partly = jugé là où les éléments le disent; sinon non évalué
explain-readable-unread = non évalué : cette version de poucet ne lit rien pour cela
explain-permission-unobservable = existe, mais aucun élément ne le dit d’une application : une règle à ce sujet n’est pas évaluée

explain-reference = { $id } : { $edition }
explain-reference-titled = { $id } : { $title } ({ $edition })
explain-reference-os = Dans un rapport, `{"{os}"}` est la version du système du téléphone.
explain-rule-asks = { $title } ({ $asks })
explain-rule-severity = { $title } ({ $severity })
explain-level-of-permission = { $name } : { $meaning }
explain-permission-of-level = { $permission } (`{ $word }`) : « { $level } »
explain-level-order = Les niveaux dans l’ordre : { $levels }. Une règle demande l’un d’eux ou un niveau plus bas.
explain-level-allowed = Dans les profils, `allowed` veut dire la même chose.

explain-asked-permission = { $name } est une permission Android derrière { $permission }.
explain-asked-op = { $name } est une opération Android (« app-op ») derrière { $permission }.
explain-asked-permission-and-op = { $name } est une permission Android, et une opération (« app-op ») de ce nom, derrière { $permission }.
explain-asked-service = { $name } est le service iOS derrière { $permission }.
explain-service-granted-silently = iOS l’accorde sans demander à personne : ce n’est la réponse de personne, et aucune règle ne le juge.
explain-service-inverted = C’est une protection : la refuser ouvre quelque chose. Ce n’est pas une autorisation d’application, et aucune règle ne la juge.
explain-service-no-permission = Le vocabulaire n’a pas de mot pour lui : il est compté dans une sauvegarde, et aucune règle ne le juge.
explain-android-runtime = la personne est interrogée pendant que l’application s’exécute
explain-android-install = accordée à l’installation, sans que personne soit interrogé
explain-android-special = un interrupteur sous « Accès spéciaux »
explain-android-service = un service de l’application que la personne active dans les paramètres
explain-android-permission = { $name } : { $kind }; à partir du niveau d’API { $from }
explain-android-permission-until = { $name } : { $kind }; à partir du niveau d’API { $from }, pour les applications conçues pour le niveau { $until } ou un niveau plus bas
explain-android-ops = Opérations (« app-ops ») : { $ops }
explain-ios-service = { $name } dans TCC.db, « { $shown } » dans les réglages
explain-ios-service-since = { $name } dans TCC.db, « { $shown } » dans les réglages, depuis iOS { $since }
explain-ios-no-service = aucun service de TCC.db : iOS le garde ailleurs

explain-value-yes-no = Oui ou non : `true` veut dire que la chose nommée ici est activée, ou qu’il en est ainsi.
explain-value-days = Un nombre de jours.
explain-value-seconds = Un nombre de secondes.
explain-value-words = Un de ces mots : { $words }
explain-value-id = Le nom de paquet ou l’identifiant de lot d’une application.
explain-value-none = À rien : ce n’est pas une propriété du téléphone. Des règles sur les applications s’en chargent, ou seule une personne peut regarder.

explain-profile-abstract = Il est fait pour être étendu par d’autres, et ne juge rien par lui-même.
explain-profile-rules = { $count ->
    [one] Il a une règle, avec ce dont il hérite.
   *[other] Il a { $count } règles, avec ce dont il hérite.
}
explain-control-date = Publié le { $date }.
explain-control-no-rule = Aucune règle de ces profils n’y répond.

explain-verdict-fail = Les éléments lus montrent que la règle n’est pas respectée.
explain-verdict-waived = La règle n’est pas respectée, et quelqu’un en a pris la responsabilité, jusqu’à une date.
explain-verdict-not-assessed = Une lacune fait obstacle : les éléments n’ont pas pu être lus, ou ne le disent pas. Cela ne compte ni comme conforme ni comme échec, et réduit la couverture; avec `--strict`, cela compte comme un échec.
explain-verdict-manual = Aucun élément ne le dit; une personne regarde sur le téléphone.
explain-verdict-noted = La règle signale sans juger (gravité `info`), et a quelque chose à signaler. Ce n’est pas un échec : cela ne change ni verdict, ni conformité, ni code de sortie, sauf si `--fail-on info` le demande.
explain-verdict-pass = Les éléments lus montrent que la règle est respectée.
explain-verdict-not-applicable = La plateforme n’a rien de tel, ou la règle est pour d’autres téléphones. Cela ne compte nulle part.
explain-inert-app-disabled = Une règle compte l’autorisation comme non accordée pour l’instant; elle revient quand l’application est activée.
explain-inert-app-hidden = Une règle compte l’autorisation comme non accordée pour l’instant; elle revient quand l’organisation montre de nouveau l’application.
explain-inert-app-suspended = Une règle compte l’autorisation comme non accordée pour l’instant; elle revient quand l’application peut de nouveau s’exécuter.
explain-inert-app-archived = Une règle compte l’autorisation comme non accordée pour l’instant; elle revient quand l’application est restaurée.
explain-inert-main-switch-off = Une règle compte l’autorisation comme non accordée pour l’instant; elle revient, pour toutes les applications à la fois, quand quelqu’un active l’interrupteur général.
explain-presence-absent = Aucune trace de l’application n’a été trouvée.
explain-presence-residual = L’application a été supprimée et ses données gardées, ou elle n’est là que pour un autre utilisateur.
explain-presence-disabled = L’application est sur le téléphone, et désactivée.
explain-presence-installed = L’application est sur le téléphone et peut s’exécuter.
explain-gap-refused = Le téléphone a refusé de répondre, ou a refusé cet utilisateur ou ce fichier.
explain-gap-absent = Les éléments n’ont pas un tel fichier ni une telle section.
explain-gap-timed-out = Le téléphone a pris plus de temps qu’il ne lui en était donné (`--timeout`).
explain-gap-truncated = La réponse s’arrête avant sa fin; la suite n’est pas connue.
explain-gap-unproven = Un texte enregistré peut s’arrêter à n’importe quelle ligne, et rien ici ne montre que celui-ci est entier : ni une seconde liste des mêmes choses, ni la section qui suit, ni une longueur notée. Ce qu’il ne nomme pas n’est pas forcément absent.
explain-gap-unreadable = Elle était là, mais endommagée ou d’une forme que poucet ne connaît pas.
explain-gap-not-known = Cela a été lu, mais est plus récent que cette version de poucet : compté, sans que rien n’en soit jugé.
explain-gap-not-supported = Cette version du système n’a rien de tel, ou ne le dit pas.
explain-gap-encrypted-only = Les téléphones ne l’écrivent que dans les sauvegardes chiffrées : faire une sauvegarde chiffrée pour l’obtenir.
explain-gap-no-password = Donner le mot de passe (`--password-file`, `--password-stdin`, ou une question dans un terminal).
explain-source-unknown = Le téléphone ne nomme aucun installateur, ou un que personne ne peut nommer.
explain-source-sideloaded = Aucun magasin n’a vérifié l’application, et aucun n’apporte ses mises à jour.

explain-state-not-declared = l’application ne la déclare pas
explain-state-never-asked = jamais demandée
explain-state-refused-by-person = refusée par la personne
explain-state-refused-by-policy = refusée par une politique
explain-state-one-time = accordée pour une fois
explain-state-auto-revoked = retirée parce que l’application n’a pas servi
explain-state-granted-by-person = accordée par la personne
explain-state-granted-by-policy = accordée par une politique
explain-state-granted-by-system = accordée par le système
explain-state-install-time = accordée à l’installation
explain-state-not-observed = la plateforme ne le dit pas

explain-where-verdict = L’issue d’une règle; `verdict` d’un constat dans un audit.
explain-where-severity = L’importance d’une règle qui échoue; une règle d’un profil la dit, et `--fail-on` la prend.
explain-where-state = Ce qui a produit le niveau d’une autorisation; `state` d’une autorisation dans un instantané.
explain-where-decided-by = Qui a décidé d’une autorisation; `decided_by` d’une autorisation dans un instantané, et d’un constat.
explain-where-because = Pourquoi une autorisation a son niveau; `because` d’une autorisation dans un instantané. Le rapport le montre par cette phrase.
explain-where-inert = Pourquoi une autorisation accordée est pour l’instant sans effet; `inert` d’une autorisation dans un instantané.
explain-where-presence = Ce qu’il y a d’une application sur le téléphone; le mot de `presence` dans une règle.
explain-where-source = D’où vient une application; le mot de `source` dans une règle et d’une application dans un instantané.
explain-where-gap = Pourquoi une chose n’a pas pu être lue; `reason` d’une lacune. Les règles qui en dépendent ne sont pas évaluées.
explain-where-user = Ce qu’est un utilisateur du téléphone; `kind` d’un utilisateur dans un instantané.
explain-where-trace = Ce que la visite a activé ou laissé : à remettre en ordre avant de rendre le téléphone.

explain-index-hint = `poucet explain MOT` en explique un. Une permission ou une opération d’Android (`READ_CONTACTS`), un service d’iOS (`kTCCServiceCamera`) et une exigence publiée (`nist-800-53:AC-6`) sont expliqués aussi.
explain-unknown = rien ne s’appelle `{ $word }`
explain-unknown-hint = `poucet explain` énumère tous les mots
explain-unknown-app = une application du catalogue : `poucet apps show { $word }`
explain-nothing-left = `{ $word }` n’a rien à dire pour cette plateforme ou ce fabricant
explain-vendor-not-ios = `--vendor` est pour les téléphones Android

explain-doc-index = Ce que veulent dire les mots de poucet
explain-doc-intro = Chaque règle, autorisation, niveau d’accès et vérification : ce que c’est, pourquoi c’est important, comment le voir sur le téléphone et que faire pour le changer. Ces pages sont produites à partir du code, du vocabulaire et des profils; un test compare les deux. `poucet explain MOT` affiche le même texte sans réseau.
explain-doc-words = Mots des rapports
explain-doc-inherited = Règles venues d’autres profils
explain-doc-other-language = In English: [{ $file }]({ $file })
