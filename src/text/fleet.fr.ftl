# Ce que donnent ensemble tous les téléphones d’un lot.

fleet-title = Tous les téléphones ensemble
fleet-targets = { $count ->
    [one] Une cible : { $read } lue, { $failed } non lue.
   *[other] { $count } cibles : { $read } lues, { $failed } non lues.
}
fleet-devices = { $count ->
    [one] Toutes les lectures qui nomment leur téléphone viennent d’un seul.
   *[other] Les lectures viennent de { $count } téléphones différents, pour autant qu’elles les nomment.
}
fleet-known = { $count ->
    [one] Un résultat était déjà là, pour les mêmes pièces, le même profil et la même version.
   *[other] { $count } résultats étaient déjà là, pour les mêmes pièces, le même profil et la même version.
}
fleet-damaged = { $count ->
    [one] Une lecture manque de pièces refusées, tronquées ou endommagées.
   *[other] { $count } lectures manquent de pièces refusées, tronquées ou endommagées.
}
fleet-aside = { $count ->
    [one] Un fichier ou dossier parmi elles n’est rien que poucet connaisse, et a été laissé de côté.
   *[other] { $count } fichiers ou dossiers parmi elles ne sont rien que poucet connaisse, et ont été laissés de côté.
}
fleet-conformity = { $profile } { $version } : conformité moyenne de { $share }.
fleet-no-conformity = { $profile } { $version } : trop peu a pu être jugé pour une conformité.
fleet-more = { $count ->
    [one] Et un de plus.
   *[other] Et { $count } de plus.
}
fleet-beyond = Les listes s’arrêtent après { $count } entrées; les nombres portent sur toutes.

fleet-verdicts = Téléphones par verdict
fleet-rules = Règles par échecs
fleet-reasons = Non évalué, par raison
fleet-apps = Applications par téléphones
fleet-phones = Chaque téléphone
fleet-failures = N’ont pas pu être lues

fleet-column-verdict = Verdict
fleet-column-phones = Téléphones
fleet-column-share = Part
fleet-column-rule = Règle
fleet-column-title = Demande
fleet-column-severity = Gravité
fleet-column-fail = Échoue
fleet-column-not-assessed = Non évalué
fleet-column-waived = Dérogation
fleet-column-noted = Signalé
fleet-column-reason = Raison
fleet-column-findings = Constats
fleet-column-app = Application
fleet-column-app-failing = Avec une règle en échec
fleet-column-target = Cible
fleet-column-phone = Téléphone
fleet-column-id = Identifiant
fleet-column-taken = Lu le
fleet-column-profile = Profil
fleet-column-failing = Échecs
fleet-column-conformity = Conformité
fleet-column-message = Ce qui a été dit

fleet-damaged-word = pièces endommagées

# L’historique.
fleet-column-readings = Lectures
fleet-column-latest = Dernière
fleet-column-verdicts = Verdicts
fleet-column-source = Pièces
fleet-column-system = Version
fleet-column-period = Période
fleet-column-critical = Dont critiques
fleet-column-high = Élevés
fleet-column-failing-rules = Règles en échec

fleet-partial-word = lecture partielle
fleet-latest-partial = { $at } (partielle)
fleet-later-partial = { $at }; partielle depuis : { $later }
fleet-column-reading = Lecture
fleet-reading-whole = complète
fleet-reading-partial = partielle : { $parts }
fleet-part-apps = applications
fleet-part-access = accès
fleet-part-settings = réglages
fleet-column-deletion = Suppression
fleet-column-deleted = Supprimé
fleet-column-why = Motif
fleet-column-cutoff = Plus vieux que
fleet-column-state = État
fleet-deletion-until = rétablissable jusqu’au { $at }
fleet-deletion-restored = rétabli le { $at }
fleet-deletion-purged = parti pour de bon le { $at }
fleet-column-partial = Lus en partie
