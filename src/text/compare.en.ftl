# A before and an after. The kinds of change read after "Location: Always → While in use".

change-kind-granted = granted
change-kind-revoked = revoked
change-kind-widened = widened
change-kind-narrowed = narrowed
change-kind-declared = now declared, not granted
change-kind-no-longer-declared = no longer declared
change-kind-decided = decided otherwise
change-kind-in-force = in force again
change-kind-without-effect = without effect now
change-kind-newly-used = newly used
change-kind-used-again = used again
change-kind-installed = Installed
change-kind-sideloaded = Sideloaded
change-kind-removed = Removed
change-kind-replaced = Replaced by another edition
change-kind-updated = Updated
change-kind-source-changed = Comes from elsewhere
change-kind-disabled = Switched off
change-kind-enabled = Switched on again
change-kind-changed = changed
change-kind-added = added
change-kind-gone = gone
change-kind-not-comparable = not comparable

effect-more = more than before
effect-less = less than before
effect-other = changed
effect-unknown = not comparable

standing-new = New failure
standing-perhaps-new = Failing, perhaps new
standing-still-failing = Still failing
standing-waived = Waived
standing-no-longer-assessed = No longer assessed
standing-fixed = Fixed
standing-no-longer-applies = No longer applies
standing-newly-assessed = Newly assessed, and holds

state-not-declared = not declared
state-never-asked = never asked
state-refused-by-person = refused by the person
state-refused-by-policy = refused by policy
state-one-time = one time
state-auto-revoked = taken back by the phone
state-granted-by-person = granted by the person
state-granted-by-policy = granted by policy
state-granted-by-system = granted by the system
state-install-time = granted at installation
state-not-observed = not told

compare-line = { $subject }: { $before } → { $after } ({ $kind })
compare-app = { $kind }: { $what }
compare-app-moved = { $kind }: { $before } → { $after }
compare-use-of = Use of: { $what }
compare-switch = Main switch of the phone, { $what }
compare-system-os-version = Version of the system
compare-system-patch-level = Security patch
compare-system-build = Build
compare-management-device-owner = Owner of the whole phone
compare-management-profile-owner = Owner of a profile
compare-management-admin = Device administrator
compare-management-supervised = Supervised
compare-management-mdm-server = Device management
compare-management-organization = Organization
compare-config-profile = Configuration profile { $id }
compare-user = User { $user } of the phone
compare-none = nothing
compare-absent = not there
compare-there = there
compare-on = on
compare-off = off
compare-suspended = suspended
compare-no-use = no use known
compare-unknown = not known, { $reason }
compare-aside = { " " }({ $what })
compare-installer = { $source }, { $installer }
compare-version = version { $version }, { $source }
compare-payloads = { $name }{ $count ->
    [0] { "" }
   *[other] { " " }({ $payloads })
}
compare-device-different = These are two different phones: what follows compares a phone with its replacement, app by app.
compare-device-unknown = Whether both readings are of one phone is not known: at least one has no device id.
compare-standing-count = { $count } { $standing }
compare-no-rule-moved = nothing that fails or moved
compare-title = Before and after
compare-before = Before
compare-after = After
compare-reading = { $label }: { $device }; evidence of { $at }, source: { $source }, poucet { $tool }
compare-numbers = Conformity { $before-conformity } → { $after-conformity }, coverage { $before-coverage } → { $after-coverage }.
compare-no-number = not given
compare-verdict-before = Before: { $verdict }
compare-verdict-after = After: { $verdict }
compare-findings = Findings: { $standings }.
compare-heading-changes = What changed
compare-no-change = Nothing, as far as both readings tell.
compare-heading-phone = The phone itself
compare-heading-not-comparable = Not comparable: one of the readings does not tell
compare-heading-footprint = What the visits left behind
compare-footprint-still = Still there: { $trace } → { $fix }
compare-legend = ▲: more than before · ▼: less · •: neither · ?: not comparable
compare-hidden = { $count ->
    [one] One change is of an app that the profile does not name.
   *[other] { $count } changes are of apps that the profile does not name.
}
compare-uses = { $count ->
    [one] Used again since: { $names }
   *[other] Used again since: { $names }
}
compare-was-is = { $before } → { $after }
compare-baseline = Beside the reading of { $at }: { $standings }.
compare-baseline-other = The earlier reading is of another phone.
compare-summary-heading = Summary
compare-summary-pairs = { $count ->
    [one] One phone compared
   *[other] { $count } phones compared
}: { $wider } with more access than before, { $unchanged } without any change.
compare-summary-only-before = { $count ->
    [one] One phone is only in the first place
   *[other] { $count } phones are only in the first place
}: { $names }
compare-summary-only-after = { $count ->
    [one] One phone is only in the second place
   *[other] { $count } phones are only in the second place
}: { $names }
compare-summary-older = { $count ->
    [one] One reading was left aside, as a later one of the same phone is there
   *[other] { $count } readings were left aside, as later ones of the same phones are there
}: { $names }
compare-summary-partial = { $count ->
    [one] One reading was left aside, as it is partial and a whole one of the same phone is there
   *[other] { $count } readings were left aside, as they are partial and whole ones of the same phones are there
}: { $names }

# Half a reading, and a clock that is wrong.
part-apps = the list of installed apps
part-access = what apps may touch
part-settings = settings of the phone
partial-reading = This reading is partial. Not read whole: { $parts }.
partial-baseline = The earlier reading is partial ({ $parts }): what it does not tell is not counted as new.
partial-before = The reading before is partial ({ $parts }): what it does not tell is neither new nor fixed.
partial-after = The reading after is partial ({ $parts }): what it does not tell is neither new nor fixed.
partial-both = Both readings are partial (before: { $before }; after: { $after }): what they do not tell is neither new nor fixed.
clock-ahead = The phone's clock was { $span } ahead of the computer's: dates that the phone tells, such as last uses, are doubtful.
clock-behind = The phone's clock was { $span } behind the computer's: dates that the phone tells, such as last uses, are doubtful.
clock-behind-evidence = The phone's clock was at least { $span } behind, as later times in the evidence show: dates that the phone tells, such as last uses, are doubtful.
clock-days = { $count ->
    [one] one day
   *[other] { $count } days
}
clock-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
clock-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
