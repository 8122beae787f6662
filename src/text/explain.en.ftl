# What words mean: headings and sentences of `poucet explain` and of docs/rules.
explain-any-app = the app
explain-list-and = { $rest } and { $last }
explain-list-or = { $rest } or { $last }
explain-names-more = { $names } and { $count } more
explain-named = { $name } (`{ $word }`)
explain-labelled = { $label }: { $text }
explain-title = { $kind }: { $title }

explain-kind-profile = Profile
explain-kind-rule = Rule
explain-kind-permission = Permission
explain-kind-level = Access level
explain-kind-check = Check
explain-kind-verdict = Verdict
explain-kind-severity = Severity
explain-kind-state = State of a permission
explain-kind-decided-by = Who decided
explain-kind-because = Reason of a level
explain-kind-inert = Without effect
explain-kind-presence = Presence of an app
explain-kind-source = Where an app came from
explain-kind-gap = Reason of a gap
explain-kind-user = User of a phone
explain-kind-trace = Trace of a visit
explain-kind-service = iOS service
explain-kind-control = Reference

explain-kinds-profile = Profiles
explain-kinds-rule = Rules
explain-kinds-permission = Permissions
explain-kinds-level = Access levels, lowest first
explain-kinds-check = Checks of the phone
explain-kinds-verdict = Verdicts
explain-kinds-severity = Severities, lowest first
explain-kinds-state = States of a permission
explain-kinds-decided-by = Who decided
explain-kinds-because = Reasons of a level
explain-kinds-inert = Why a permission can be without effect
explain-kinds-presence = Presence of an app, least first
explain-kinds-source = Where an app came from
explain-kinds-gap = Why something could not be read
explain-kinds-user = Users of a phone
explain-kinds-trace = Traces of a visit

explain-section-why = Why it matters
explain-section-asks = What it asks for
explain-section-apps = Which apps it is about
explain-section-look = How to look by hand
explain-section-fix = What to press
explain-section-reads = What poucet reads
explain-section-verdicts = What the answer can be
explain-section-references = References it serves
explain-section-rules = Rules
explain-section-levels = Levels it can have
explain-section-limits = What poucet cannot know
explain-section-behind = What stands behind it
explain-section-value = What it is compared with
explain-section-where = Where it stands
explain-section-permissions = Permissions that can have it

explain-vendor-samsung = Samsung
explain-vendor-xiaomi = Xiaomi, Redmi, POCO
explain-vendor-huawei = Huawei, Honor
explain-vendor-oppo = OPPO, OnePlus, realme
explain-vendor-vivo = vivo, iQOO
explain-vendor-motorola = Motorola
explain-makers = Menus differ on phones of some makers: `poucet explain { $word } --vendor NAME`, with one of { $makers }.

explain-label-profiles = { $count ->
    [one] Profile
   *[other] Profiles
}
explain-label-severity = Severity
explain-label-selector = In the words of profiles
explain-label-selected = Of the catalogue
explain-severity = { $name } (`{ $word }`): { $meaning }
explain-severity-info = told, not judged: what is found is noted, and is no failure
explain-severity-low = good practice
explain-severity-medium = more than the profile's purpose needs
explain-severity-high = a strong power over the phone, or a missing protection
explain-severity-critical = the promise of the profile is broken
explain-tailored = { $profile } changes it from what { $parent } says.
explain-tailored-because = { $profile } changes it from what { $parent } says: { $because }

explain-same-otherwise = The rest is as in { $name }.

explain-select-any = every app of the catalogue
explain-select-category = apps of the category “{ $name }”
explain-quoted = “{ $name }”
explain-select-categories = apps of the categories { $names }
explain-select-owner = apps of { $name }
explain-select-country = apps whose owner is under the laws of: { $name }
explain-select-id = apps installed on { $platform } as { $id }
explain-select-except = { $apps }, except { $others }
explain-select-both = { $one } that are also { $other }
explain-apps-selected = { $count ->
    [0] no app
    [one] one app: { $names }
   *[other] { $count } apps: { $names }
}

explain-only-on = It holds on { $platform } only.
explain-at-most-level = at most “{ $level }” (`{ $word }`)
explain-at-most = at most { $value }
explain-at-least = at least { $value }
explain-ignore-master = Each app is judged as if the phone's main switch were on: a permission that sleeps behind it counts.
explain-read = { $source }: { $keys }

explain-verdict-judged = judged for each app; not assessed where the evidence could not be read
explain-verdict-unobservable = not assessed, since no evidence tells it about an app: { $names }
explain-verdict-absent = does not apply, since the platform has no such thing: { $names }
explain-verdict-other-platform = does not apply: the rule is for the other platform
explain-verdict-footprint = On a phone at the cable, a failure is shown as “Look by hand”, since the visit itself may have switched it on: look again when the cable is out.
explain-verdict-condition = It applies only when the audit is told whose phone it is (`--ownership`): { $condition }.
explain-readable-absent = does not apply: the platform has no such thing
explain-readable-manual = no evidence tells it: a person looks (“Look by hand”)
explain-readable-automatic = judged from the evidence; not assessed where it could not be read
explain-readable-partly = judged where the evidence tells; otherwise not assessed
explain-readable-unread = not assessed: this version of poucet reads nothing for it
explain-permission-unobservable = exists, but no evidence tells it about an app: a rule on it is not assessed

explain-reference = { $id }: { $edition }
explain-reference-titled = { $id }: { $title } ({ $edition })
explain-reference-os = In a report, `{"{os}"}` is the version of the phone's system.
explain-rule-asks = { $title } ({ $asks })
explain-rule-severity = { $title } ({ $severity })
explain-level-of-permission = { $name }: { $meaning }
explain-permission-of-level = { $permission } (`{ $word }`): “{ $level }”
explain-level-order = The levels in order: { $levels }. A rule asks for one of them or lower.
explain-level-allowed = In profiles, `allowed` means the same.

explain-asked-permission = { $name } is an Android permission behind { $permission }.
explain-asked-op = { $name } is an Android app-op behind { $permission }.
explain-asked-permission-and-op = { $name } is an Android permission, and an app-op of that name, behind { $permission }.
explain-asked-service = { $name } is the iOS service behind { $permission }.
explain-service-granted-silently = iOS grants it without asking anybody: no answer of a person, and no rule judges it.
explain-service-inverted = It is a protection: refusing it opens something. It is no permission of an app, and no rule judges it.
explain-service-no-permission = The vocabulary has no word for it: it is counted in a backup, and no rule judges it.
explain-android-runtime = the person is asked while the app runs
explain-android-install = granted at installation, nobody is asked
explain-android-special = a switch under “Special app access”
explain-android-service = a service of the app that the person switches on in Settings
explain-android-permission = { $name }: { $kind }; from API level { $from }
explain-android-permission-until = { $name }: { $kind }; from API level { $from }, for apps made for API level { $until } or lower
explain-android-ops = App-ops: { $ops }
explain-ios-service = { $name } in TCC.db, “{ $shown }” in Settings
explain-ios-service-since = { $name } in TCC.db, “{ $shown }” in Settings, since iOS { $since }
explain-ios-no-service = no service of TCC.db: iOS keeps it elsewhere

explain-value-yes-no = Yes or no: `true` means that the thing named here is on, or is so.
explain-value-days = A number of days.
explain-value-seconds = A number of seconds.
explain-value-words = One of these words: { $words }
explain-value-id = The package name or the bundle id of an app.
explain-value-none = Nothing: it is no property of the phone. Rules on apps cover it, or only a person can look.

explain-profile-abstract = It is made to be extended by others, and judges nothing by itself.
explain-profile-rules = { $count ->
    [one] It has one rule, with what it inherits.
   *[other] It has { $count } rules, with what it inherits.
}
explain-control-date = Published { $date }.
explain-control-no-rule = No rule of these profiles serves it.

explain-verdict-fail = The evidence shows that the rule does not hold.
explain-verdict-waived = The rule does not hold, and somebody signed for it, until a date.
explain-verdict-not-assessed = A gap is in the way: the evidence could not be read, or does not tell. It counts as neither passed nor failed, and lowers the coverage; with `--strict` it counts as failed.
explain-verdict-manual = No evidence tells it; a person looks on the phone.
explain-verdict-noted = The rule tells and does not judge (severity `info`), and has something to tell. It is no failure: it changes no verdict, conformity or exit code, unless `--fail-on info` asks for it.
explain-verdict-pass = The evidence shows that the rule holds.
explain-verdict-not-applicable = The platform has no such thing, or the rule is for other phones. It counts nowhere.
explain-inert-app-disabled = A rule counts the permission as not granted for now; it is back when the app is switched on.
explain-inert-app-hidden = A rule counts the permission as not granted for now; it is back when the organization shows the app again.
explain-inert-app-suspended = A rule counts the permission as not granted for now; it is back when the app may run again.
explain-inert-app-archived = A rule counts the permission as not granted for now; it is back when the app is restored.
explain-inert-main-switch-off = A rule counts the permission as not granted for now; it is back, for every app at once, when somebody turns the main switch on.
explain-presence-absent = No trace of the app was found.
explain-presence-residual = The app was removed with its data kept, or is there for another user only.
explain-presence-disabled = The app is on the phone, and switched off.
explain-presence-installed = The app is on the phone and can run.
explain-gap-refused = The phone refused to answer, or refused that user or file.
explain-gap-absent = The evidence has no such file or section.
explain-gap-timed-out = The phone took longer than it was given (`--timeout`).
explain-gap-truncated = The answer stops before its end; what comes after is not known.
explain-gap-unproven = A saved text can end at any line, and nothing here shows that this one is whole: a second list of the same things, the section that follows, the length that was written down. What it does not name is not known to be absent.
explain-gap-unreadable = It was there, and was damaged or in a form that poucet does not know.
explain-gap-not-known = It was read, and is newer than this version of poucet: counted, and nothing is judged by it.
explain-gap-not-supported = This version of the system has no such thing, or does not tell it.
explain-gap-encrypted-only = Phones write it into encrypted backups only: make an encrypted backup to have it.
explain-gap-no-password = Give the password (`--password-file`, `--password-stdin`, or a prompt on a terminal).
explain-source-unknown = The phone names no installer, or one that nobody can name.
explain-source-sideloaded = No store checked the app, and none brings its updates.

explain-state-not-declared = the app does not declare it
explain-state-never-asked = never asked
explain-state-refused-by-person = refused by the person
explain-state-refused-by-policy = refused by policy
explain-state-one-time = granted for one time
explain-state-auto-revoked = taken back because the app was not used
explain-state-granted-by-person = granted by the person
explain-state-granted-by-policy = granted by policy
explain-state-granted-by-system = granted by the system
explain-state-install-time = granted at installation
explain-state-not-observed = the platform does not tell

explain-where-verdict = The outcome of a rule; `verdict` of a finding in an audit.
explain-where-severity = How much a failing rule matters; a rule of a profile says it, and `--fail-on` takes it.
explain-where-state = What produced the level of a permission; `state` of a grant in a snapshot.
explain-where-decided-by = Who decided on a permission; `decided_by` of a grant in a snapshot, and of a finding.
explain-where-because = Why a permission has its level; `because` of a grant in a snapshot. The report shows it as this sentence.
explain-where-inert = Why a permission that is granted can do nothing for now; `inert` of a grant in a snapshot.
explain-where-presence = How much of an app is on the phone; the word of `presence` in a rule.
explain-where-source = Where an app came from; the word of `source` in a rule and of an app in a snapshot.
explain-where-gap = Why something could not be read; `reason` of a gap. Rules that need it are not assessed.
explain-where-user = What a user of the phone is; `kind` of a user in a snapshot.
explain-where-trace = What the visit switched on or left behind: to put right before the phone goes back.

explain-index-hint = `poucet explain WORD` explains one. An Android permission or app-op (`READ_CONTACTS`), an iOS service (`kTCCServiceCamera`) and a published control (`nist-800-53:AC-6`) are explained as well.
explain-unknown = nothing is called `{ $word }`
explain-unknown-hint = `poucet explain` lists every word
explain-unknown-app = an app of the catalogue: `poucet apps show { $word }`
explain-nothing-left = `{ $word }` has nothing to say for this platform or maker
explain-vendor-not-ios = `--vendor` is for Android phones

explain-doc-index = What poucet's words mean
explain-doc-intro = Every rule, permission, access level and check: what it is, why it matters, how to see it on the phone and what to press. These pages are made from the code, the vocabulary and the profiles; a test compares them. `poucet explain WORD` shows the same text without a network.
explain-doc-words = Words of the reports
explain-doc-inherited = Rules it has from other profiles
explain-doc-other-language = En français : [{ $file }]({ $file })
