# Un avant et un après. Les genres de changement se lisent après « Position : Toujours → Si l’appli est active ».

change-kind-granted = accordé
change-kind-revoked = retiré
change-kind-widened = élargi
change-kind-narrowed = restreint
change-kind-declared = désormais déclaré, non accordé
change-kind-no-longer-declared = n’est plus déclaré
change-kind-decided = décidé autrement
change-kind-in-force = de nouveau en vigueur
change-kind-without-effect = sans effet pour l’instant
change-kind-newly-used = première utilisation
change-kind-used-again = utilisé de nouveau
change-kind-installed = Installée
change-kind-sideloaded = Installée hors magasin
change-kind-removed = Retirée
change-kind-replaced = Remplacée par une autre édition
change-kind-updated = Mise à jour
change-kind-source-changed = Vient d’ailleurs
change-kind-disabled = Désactivée
change-kind-enabled = Réactivée
change-kind-changed = modifié
change-kind-added = ajouté
change-kind-gone = disparu
change-kind-not-comparable = non comparable

effect-more = plus qu’avant
effect-less = moins qu’avant
effect-other = modifié
effect-unknown = non comparable

standing-new = Nouvel échec
standing-perhaps-new = Échoue, peut-être nouveau
standing-still-failing = Échoue toujours
standing-waived = Dérogation
standing-no-longer-assessed = N’est plus évalué
standing-fixed = Corrigé
standing-no-longer-applies = Ne s’applique plus
standing-newly-assessed = Nouvellement évalué, et respecté

state-not-declared = non déclaré
state-never-asked = jamais demandé
state-refused-by-person = refusé par la personne
state-refused-by-policy = refusé par l’organisation
state-one-time = une seule fois
state-auto-revoked = repris par le téléphone
state-granted-by-person = accordé par la personne
state-granted-by-policy = accordé par l’organisation
state-granted-by-system = accordé par le système
state-install-time = accordé à l’installation
state-not-observed = non dit

compare-line = { $subject } : { $before } → { $after } ({ $kind })
compare-app = { $kind } : { $what }
compare-app-moved = { $kind } : { $before } → { $after }
compare-use-of = Utilisation : { $what }
compare-switch = Interrupteur principal du téléphone, { $what }
compare-system-os-version = Version du système
compare-system-patch-level = Correctif de sécurité
compare-system-build = Version de compilation
compare-management-device-owner = Propriétaire de tout le téléphone
compare-management-profile-owner = Propriétaire d’un profil
compare-management-admin = Administrateur de l’appareil
compare-management-supervised = Supervisé
compare-management-mdm-server = Gestion d’appareils
compare-management-organization = Organisation
compare-config-profile = Profil de configuration { $id }
compare-user = Utilisateur { $user } du téléphone
compare-none = rien
compare-absent = absent
compare-there = présent
compare-on = activé
compare-off = désactivé
compare-suspended = suspendue
compare-no-use = aucune utilisation connue
compare-unknown = inconnu, { $reason }
compare-aside = { " " }({ $what })
compare-installer = { $source }, { $installer }
compare-version = version { $version }, { $source }
compare-payloads = { $name }{ $count ->
    [0] { "" }
   *[other] { " " }({ $payloads })
}
compare-device-different = Il s’agit de deux téléphones différents : ce qui suit compare un téléphone à son remplaçant, application par application.
compare-device-unknown = On ne sait pas si les deux lectures viennent du même téléphone : l’une au moins n’a pas d’identifiant d’appareil.
compare-standing-count = { $standing } : { $count }
compare-no-rule-moved = rien n’échoue et rien n’a bougé
compare-title = Avant et après
compare-before = Avant
compare-after = Après
compare-reading = { $label } : { $device }; données du { $at }, source : { $source }, poucet { $tool }
compare-numbers = Conformité { $before-conformity } → { $after-conformity }, couverture { $before-coverage } → { $after-coverage }.
compare-no-number = non donnée
compare-verdict-before = Avant : { $verdict }
compare-verdict-after = Après : { $verdict }
compare-findings = Constats : { $standings }.
compare-heading-changes = Ce qui a changé
compare-no-change = Rien, autant que les deux lectures le disent.
compare-heading-phone = Le téléphone lui-même
compare-heading-not-comparable = Non comparable : l’une des lectures ne le dit pas
compare-heading-footprint = Ce que les visites ont laissé
compare-footprint-still = Encore là : { $trace } → { $fix }
compare-legend = ▲ : plus qu’avant · ▼ : moins · • : ni l’un ni l’autre · ? : non comparable
compare-hidden = { $count ->
    [one] Un changement concerne une application que le profil ne nomme pas.
   *[other] { $count } changements concernent des applications que le profil ne nomme pas.
}
compare-uses = { $count ->
    [one] Utilisé de nouveau depuis : { $names }
   *[other] Utilisés de nouveau depuis : { $names }
}
compare-was-is = { $before } → { $after }
compare-baseline = Par rapport à la lecture du { $at } : { $standings }.
compare-baseline-other = La lecture précédente vient d’un autre téléphone.
compare-summary-heading = Bilan
compare-summary-pairs = { $count ->
    [one] Un téléphone comparé
   *[other] { $count } téléphones comparés
} : { $wider } avec plus d’accès qu’avant, { $unchanged } sans aucun changement.
compare-summary-only-before = { $count ->
    [one] Un téléphone n’est que dans le premier emplacement
   *[other] { $count } téléphones ne sont que dans le premier emplacement
} : { $names }
compare-summary-only-after = { $count ->
    [one] Un téléphone n’est que dans le second emplacement
   *[other] { $count } téléphones ne sont que dans le second emplacement
} : { $names }
compare-summary-older = { $count ->
    [one] Une lecture a été laissée de côté, car une plus récente du même téléphone est là
   *[other] { $count } lectures ont été laissées de côté, car de plus récentes des mêmes téléphones sont là
} : { $names }
compare-summary-partial = { $count ->
    [one] Une lecture a été laissée de côté, car elle est partielle et il y en a une complète du même téléphone
   *[other] { $count } lectures ont été laissées de côté, car elles sont partielles et il y en a de complètes des mêmes téléphones
} : { $names }

# Une lecture incomplète, et une horloge déréglée.
part-apps = la liste des applications installées
part-access = ce que les applications peuvent atteindre
part-settings = des réglages du téléphone
partial-reading = Cette lecture est partielle. N’a pas été lu en entier : { $parts }.
partial-baseline = La lecture précédente est partielle ({ $parts }) : ce qu’elle ne dit pas n’est pas compté comme nouveau.
partial-before = La lecture d’avant est partielle ({ $parts }) : ce qu’elle ne dit pas n’est ni nouveau ni corrigé.
partial-after = La lecture d’après est partielle ({ $parts }) : ce qu’elle ne dit pas n’est ni nouveau ni corrigé.
partial-both = Les deux lectures sont partielles (avant : { $before }; après : { $after }) : ce qu’elles ne disent pas n’est ni nouveau ni corrigé.
clock-ahead = L’horloge du téléphone avançait de { $span } sur celle de l’ordinateur : les dates que donne le téléphone, comme celles des dernières utilisations, sont douteuses.
clock-behind = L’horloge du téléphone retardait de { $span } sur celle de l’ordinateur : les dates que donne le téléphone, comme celles des dernières utilisations, sont douteuses.
clock-behind-evidence = L’horloge du téléphone retardait d’au moins { $span }, comme le montrent des dates plus récentes dans les pièces : les dates que donne le téléphone, comme celles des dernières utilisations, sont douteuses.
clock-days = { $count ->
    [one] un jour
   *[other] { $count } jours
}
clock-hours = { $count ->
    [one] une heure
   *[other] { $count } heures
}
clock-minutes = { $count ->
    [one] une minute
   *[other] { $count } minutes
}
