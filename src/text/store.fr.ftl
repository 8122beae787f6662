# L’historique d’un parc : ce qui peut mal aller avec son dépôt.

store-missing = { $place } : il n’y a pas encore de dépôt ici
store-missing-hint = lancez d’abord `poucet audit --store`, ou nommez un autre endroit avec --store=ENDROIT
store-not-ours = { $place } : ce n’est pas un dépôt de poucet; il a été laissé tel quel
store-not-ours-hint = nommez un autre fichier avec --store=FICHIER
store-changed = { $place } : ce n’est pas un dépôt de poucet, ou quelqu’un d’autre l’a modifié : { $detail }
store-changed-hint = il a été laissé tel quel; rétablissez-le d’une copie, ou nommez un autre endroit avec --store=ENDROIT
store-not-a-file = { $place } : pour SQLite ce n’est pas un fichier, et ce qui y serait déposé serait perdu
store-not-a-file-hint = nommez un fichier avec --store=FICHIER; un fichier dont le nom commence ainsi : --store=./FICHIER
store-newer = { $place } : une version plus récente de poucet a écrit ce dépôt (version { $version } de ses tables)
store-newer-hint = mettez à jour le poucet de ce bureau
store-bad-address = { $place } : l’adresse de la base de données n’est pas comprise : { $detail }
store-bad-address-hint = écrivez postgres://UTILISATEUR@HÔTE/BASE, avec le mot de passe dans POUCET_STORE_PASSWORD ou PGPASSWORD
store-no-authorities = { $place } : cet ordinateur ne connaît aucune autorité de certification qui réponde de la base de données
store-no-authorities-hint = installez les certificats du système, ou nommez un fichier qui en contient dans SSL_CERT_FILE
store-gone = { $place } : la base de données ne répond pas : { $detail }
store-gone-hint = voyez si elle fonctionne et peut être jointe; rien de ce qui est déposé n’est perdu
store-refused = { $place } : la base de données a refusé : { $detail }
store-refused-hint = voyez ce que dit la base de données; ce sont le plus souvent les droits du fichier ou de l’utilisateur, ou la place sur le disque
store-left-refused = { $file } : cette lecture attend, et la base de données la refuse : { $detail }
store-left-refused-hint = voyez ce que dit la base de données; { $file } sera déposé quand ce sera réparé, ou supprimez-le pour renoncer à cette lecture
store-left-unreadable = { $file } : ce n’est pas une lecture qui attend, ou elle ne peut être lue
store-left-unreadable-hint = regardez { $file }, et supprimez-le s’il n’y a rien à en tirer
store-damaged = { $place } : la lecture { $reading } n’est pas ce qui a été déposé : { $detail }
store-damaged-hint = rétablissez le dépôt d’une copie, ou jugez de nouveau ses lectures dans un autre : `poucet fleet export | poucet audit - --store=NOUVEAU`
store-no-device = { $place } : aucun appareil dont l’identifiant commence par { $word }
store-no-device-hint = `poucet fleet list` montre les appareils
store-nothing-deleted = { $place } : rien de ce qui a été supprimé ne peut être rétabli
store-nothing-deleted-hint = `poucet fleet restore --list` montre ce qui a été supprimé, et jusqu’à quand c’était possible
store-clock-early = L’horloge de cet ordinateur dit { $clock }, avant que poucet lui-même ne soit fait : rien n’a été supprimé.
store-clock-server = Les horloges de cet ordinateur ({ $clock }) et de la base de données ({ $store }) diffèrent de plus d’un jour : rien n’a été supprimé.
store-clock-ahead = L’horloge de cet ordinateur dit { $clock }, des années après ce que le dépôt a entendu ({ $store }) : rien n’a été supprimé.
store-clock-behind = L’horloge de cet ordinateur dit { $clock }, et le dépôt a déjà entendu { $store } : rien n’a été supprimé.
store-clock-leap = L’horloge de cet ordinateur dit { $clock }, des semaines après ce que le dépôt a entendu : tant qu’elle n’a pas avancé d’un jour, l’âge se compte à partir de { $store }.
store-clock-hint = Réglez l’horloge, ou affirmez qu’elle est juste avec `poucet fleet prune --clock-is-right`.
store-ambiguous = { $place } : plusieurs appareils commencent par { $word } : { $matches }
store-ambiguous-hint = écrivez davantage de l’identifiant
