# Ce que les sortes de règles disent d’elles-mêmes : ce dont il s’agit (subject), ce qu’une règle demande (asks), quand elle n’est ni
# réussie ni échouée (verdict), ce qui change d’un profil à l’autre (difference).

kind-manual-asks = Une personne regarde; poucet ne lit rien pour cette règle.
kind-presence-asks-absent = L’application n’est pas sur le téléphone. Ce qu’une application supprimée a laissé ne compte pas ici; une application préinstallée et désactivée est acceptée.
kind-presence-asks-disabled = L’application n’est pas sur le téléphone, ou elle est désactivée.
kind-presence-asks-installed = L’application peut être sur le téléphone : c’est signalé, et n’échoue jamais.
kind-presence-asks-residual = L’application est supprimée; les données qu’elle a laissées sont acceptées.
kind-presence-asks-residue = Rien d’une application supprimée ne reste sur le téléphone : ni données gardées, ni copie d’un autre utilisateur.
kind-presence-subject = Sur le téléphone
kind-presence-verdict = jugé pour chaque application; non évalué si la liste des applications n’a pas pu être lue en entier
kind-source-asks = L’application vient de : { $sources }.
kind-source-subject = Vient de
kind-source-verdict = jugé pour chaque application; non évalué si le téléphone ne dit pas d’où vient une application
kind-unused-days-asks = { $count ->
    [one] L’application a servi depuis un jour au plus, ou n’est pas sur le téléphone.
   *[other] L’application a servi depuis { $count } jours au plus, ou n’est pas sur le téléphone.
}
kind-unused-days-difference = jours sans utilisation, au plus : { $from } → { $to }
kind-unused-days-subject = Jours sans utilisation
kind-unused-days-verdict-android = jugé d’après la dernière utilisation que le téléphone indique; non évalué s’il n’en indique aucune
kind-unused-days-verdict-ios = une sauvegarde indique peu d’utilisations : conforme si l’une est récente, sinon non évalué
