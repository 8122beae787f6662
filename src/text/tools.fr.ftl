# Les outils de ceux qui écrivent des profils : new, diff, schema, lint.

cli-profile-new = Écrire un nouveau profil qui en étend un autre
cli-profile-diff = Ce qui devient plus strict ou plus souple d’un profil à l’autre
cli-profile-schema = Le schéma JSON d’un profil, pour les éditeurs
cli-option-new-from = Profil à étendre, un identifiant ou un fichier
cli-option-new-id = Identifiant du nouveau profil (par défaut : our- et l’identifiant de l’autre)
cli-option-new-output = Écrire dans ce fichier, qui ne doit pas encore exister
cli-option-diff-a = Profil de départ, un identifiant ou un fichier
cli-option-diff-b = Profil d’arrivée, un identifiant ou un fichier
cli-option-schema-kind = Ce que le schéma décrit (par défaut : profile)

tools-new-head = Ce profil étend `{ $parent }` ({ $title }) : il en garde toutes les règles et dit ici ce qui est différent.
tools-new-remarks = Une ligne qui commence par # et une espace est une remarque. Une ligne qui commence par # sans espace attend de servir : enlever le # et changer la valeur. Chaque bloc peut servir seul.
tools-new-check = Ensuite : `poucet profile lint` montre toutes les fautes, `poucet profile diff { $parent }` et ce fichier ce qu’il change.
tools-new-beside = Garder ce fichier dans le dossier de `{ $parent }`.
tools-new-title-how = Les deux langues, toujours.
tools-new-title = Notre propre profil
tools-new-note-how = Ce que la conformité à ce profil ne veut pas dire; le rapport le dit.
tools-new-note = Ce que ce profil ne couvre pas.
tools-new-platform-how = Les règles propres à ce profil ne valent que sur une plateforme : android ou ios.
tools-new-strict-how = Si ce qui n’a pas pu être évalué compte comme un échec.
tools-new-params = Valeurs à choisir
tools-new-params-how = Seule la valeur peut changer, dans ses limites.
tools-new-between = de { $min } à { $max }
tools-new-from = { $min } ou plus
tools-new-to = { $max } ou moins
tools-new-choices = l’un de { $choices }
tools-new-selector = un sélecteur, comme dans `apps`
tools-new-groups = Groupes d’applications
tools-new-groups-how = Une règle peut nommer ceux-ci avec @ dans son `apps`. Ils ne peuvent pas changer; on peut en ajouter.
tools-new-overrides = Règles héritées
tools-new-overrides-how = Sous chaque titre se trouve ce que la règle demande maintenant. Une règle se désactive avec `off = true` et `because`; le rapport énumère tout ce qui est plus souple, avec la raison.
tools-new-because = Pourquoi nous la changeons.
tools-new-privacy = Vie privée
tools-new-privacy-how = Ce qui peut être lu, ce qu’un rapport ne nomme jamais, et si la personne doit d’abord accepter.
tools-new-rules = Nouvelles règles
tools-new-rules-how = Une règle énonce une seule chose : { $rest } ou { $last }. `poucet apps search` trouve les applications.
tools-new-bad-id = `{ $name }` n’est pas un identifiant
tools-new-bad-id-hint = un identifiant se compose de lettres minuscules, de chiffres et de traits d’union, 64 au plus; en choisir un avec --id
tools-new-same-id = `{ $name }` est l’identifiant du profil à étendre
tools-new-same-id-hint = en choisir un autre avec --id
tools-new-bad-file-name = `{ $name }` ne peut pas être étendu sous ce nom
tools-new-bad-file-name-hint = un profil est étendu par le nom de son fichier, qui finit par .toml et ne contient ni : ni \
tools-new-exists = { $path } existe déjà et reste tel quel
tools-new-exists-hint = nommer un autre fichier avec -o, ou supprimer d’abord celui-ci
tools-new-other-folder = { $path } n’est pas dans le dossier de { $parent }
tools-new-other-folder-hint = un profil n’étend que des fichiers de son propre dossier : l’écrire dans { $folder }
tools-new-written = { $path } est écrit : le profil `{ $id }`
tools-new-written-hint = changer ce qui doit être différent, puis lancer `poucet profile lint { $path }`

tools-diff-heading = { $from } → { $to }
tools-diff-same = C’est le même profil, SHA-256 { $sha256 }.
tools-diff-alike = { $from } et { $to } jugent de la même façon.
tools-diff-none = aucune différence
tools-diff-stricter-count = { $count ->
    [one] plus strict sur un point
   *[other] plus strict sur { $count } points
}
tools-diff-laxer-count = { $count ->
    [one] plus souple sur un point
   *[other] plus souple sur { $count } points
}
tools-diff-laxer-too = { $count ->
    [one] plus souple sur un
   *[other] plus souple sur { $count }
}
tools-diff-summary-both = { $to } est { $stricter } et { $laxer }.
tools-diff-summary-one = { $to } est { $change }.
tools-diff-summary-different = { $count ->
    [one] Ils diffèrent sur un autre point, sans que personne puisse dire lequel est plus strict.
   *[other] Ils diffèrent sur { $count } autres points, sans que personne puisse dire lequel est plus strict.
}
tools-diff-summary-texts = { $count ->
    [one] À un endroit, seuls les mots changent.
   *[other] À { $count } endroits, seuls les mots changent.
}
tools-diff-stricter = Plus strict
tools-diff-laxer = Plus souple
tools-diff-different = Différent
tools-diff-texts = Les mots seulement
tools-diff-profile = Le profil dans son ensemble
tools-diff-because = raison : { $reason }
tools-diff-rule-added = nouvelle règle, gravité { $severity }
tools-diff-rule-on = la règle est de nouveau active, gravité { $severity }
tools-diff-rule-removed = cette règle n’existe plus (sa gravité : { $severity })
tools-diff-rule-off = la règle est désactivée (sa gravité : { $severity })
tools-diff-severity = gravité : { $from } → { $to }
tools-diff-level = { $permission }, au plus : { $from } → { $to }
tools-diff-level-on = { $permission } sur { $platform }, au plus : { $from } → { $to }
tools-diff-anything = aucune limite
tools-diff-apps-added = vaut pour d’autres applications : { $apps }
tools-diff-apps-removed = ne vaut plus pour : { $apps }
tools-diff-more-apps = { $count ->
    [one] et une autre
   *[other] et { $count } autres
}
tools-diff-selector = d’autres applications hors du catalogue : { $from } → { $to }
tools-diff-presence = l’application, au plus : { $from } → { $to }
tools-diff-residue-yes = les données laissées et les copies d’autres utilisateurs comptent maintenant
tools-diff-residue-no = les données laissées et les copies d’autres utilisateurs ne comptent plus
tools-diff-sources-added = acceptés maintenant : { $sources }
tools-diff-sources-removed = ne sont plus acceptés : { $sources }
tools-diff-expected = { $check } : { $from } → { $to }
tools-diff-at-most = au plus { $value }
tools-diff-at-least = au moins { $value }
tools-diff-one-of = l’un de { $values }
tools-diff-check = porte sur { $to }, et non plus sur { $from }
tools-diff-statement = énonce `{ $to }`, et non plus `{ $from }`
tools-diff-ignore-master-yes = les accès enregistrés comptent même quand un interrupteur général du téléphone est éteint
tools-diff-ignore-master-no = les accès enregistrés ne comptent plus quand un interrupteur général du téléphone est éteint
tools-diff-footprint-yes = dit que la visite elle-même enfreint la règle
tools-diff-footprint-no = ne dit plus que la visite elle-même enfreint la règle
tools-diff-platform = plateforme : { $from } → { $to }
tools-diff-platform-android = Android seulement
tools-diff-platform-ios = iOS seulement
tools-diff-platform-both = les deux
tools-diff-for = téléphones : { $from } → { $to }
tools-diff-for-all = tous
tools-diff-for-institution = de l’institution seulement
tools-diff-for-personal = personnels seulement
tools-diff-strict-yes = ce qui n’a pas pu être évalué compte comme un échec
tools-diff-strict-no = ce qui n’a pas pu être évalué ne compte plus comme un échec
tools-diff-abstract-yes = est fait pour être étendu seulement
tools-diff-abstract-no = peut juger à lui seul
tools-diff-collect-catalogue-only = ne lit que les applications du catalogue
tools-diff-collect-all-apps = lit toutes les applications du téléphone
tools-diff-consent-yes = la personne doit accepter avant toute lecture
tools-diff-consent-no = personne n’a à accepter
tools-diff-hidden = ne sont plus nommées dans le rapport : { $apps }
tools-diff-shown = sont maintenant nommées dans le rapport : { $apps }
tools-diff-hide = d’autres applications hors du catalogue sont cachées : { $from } → { $to }
tools-diff-changed = changé : { $parts }
tools-diff-part-title = titre
tools-diff-part-why = raison
tools-diff-part-look = comment regarder
tools-diff-part-fix = sur quoi appuyer
tools-diff-part-manual = où une personne regarde
tools-diff-part-refs = références
tools-diff-part-apps = façon d’écrire les applications (les mêmes)
tools-diff-part-note = note
tools-diff-part-version = version

tools-lint-summary = { $count ->
    [one] un fichier
   *[other] { $count } fichiers
}
tools-lint-all-good = { $files }, aucun avec des fautes
tools-lint-some-bad = { $count ->
    [one] { $files }, un avec des fautes
   *[other] { $files }, { $count } avec des fautes
}
tools-lint-good-waivers = { $file } : aucune faute, { $count ->
    [one] une dérogation
   *[other] { $count } dérogations
}
tools-lint-unknown-kind = { $file } : rien n’y dit ce que c’est
tools-lint-unknown-kind-hint = un profil a `id` et `[rule.…]`, un fichier de dérogations `[[waiver]]`, un catalogue `[[app]]`
tools-lint-good-catalogue = { $file } : aucune faute, { $count ->
    [one] une application
   *[other] { $count } applications
}
tools-lint-good-configuration = { $file } : aucune faute
tools-lint-empty-folder = { $folder } : aucun fichier .toml dans ce dossier
tools-lint-empty-folder-hint = nommer un dossier qui contient des profils, ou un fichier
tools-lint-too-many = { $folder } : plus de { $limit } fichiers
tools-lint-too-many-hint = nommer un dossier plus petit
tools-lint-unreadable-folder = { $folder } : le dossier ne peut pas être lu : { $detail }
tools-lint-unreadable-folder-hint = vérifier qu’il existe et que vous pouvez le lire
