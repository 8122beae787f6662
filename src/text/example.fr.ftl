# Ce que dit `poucet profile test`.

cli-profile-test = Juger les exemples de profils et comparer avec ce qu’ils attendent
cli-option-test-profile = Fichiers de profil, ou identifiants de profils fournis
example-profile = { $profile } : { $title }
example-passed = réussi
example-failed = échoué
example-line = { $outcome }  { $example } ({ $platform }, { $count ->
    [one] { $count } règle
   *[other] { $count } règles
})
example-mismatch = { $rule } : attendu « { $expected } », trouvé « { $found } ». { $because }
example-none = { $profile } ne contient aucun exemple.
example-counts = { $count ->
    [one] { $count } exemple réussi
   *[other] { $count } exemples réussis
}, { $failed } échoué.
example-shown = Règles de ce fichier que les exemples montrent, parmi celles qui peuvent avoir le verdict :
example-shown-on = { $platform } : { $counts }
example-count = { $verdict } { $shown } sur { $possible }
example-lacking = Pas encore montré :
example-lacks = { $rule } ({ $platform }) : { $verdicts }
