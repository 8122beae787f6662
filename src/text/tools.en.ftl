# The tools for people who write profiles: new, diff, schema, lint.

cli-profile-new = Write a new profile that extends another one
cli-profile-diff = What gets stricter and laxer from one profile to another
cli-profile-schema = The JSON Schema of a profile, for editors
cli-option-new-from = Profile to extend, an id or a file
cli-option-new-id = Id of the new profile (default: our- and the id of the other)
cli-option-new-output = Write to this file, which must not exist yet
cli-option-diff-a = Profile to compare from, an id or a file
cli-option-diff-b = Profile to compare to, an id or a file
cli-option-schema-kind = What the schema describes (default: profile)

tools-new-head = This profile extends `{ $parent }` ({ $title }): it keeps every rule of it, and says here what is different.
tools-new-remarks = A line that begins with # and a space is a remark. A line that begins with # and no space waits to be used: take the # away and change the value. Each block can be used by itself.
tools-new-check = Afterwards: `poucet profile lint` shows every mistake, `poucet profile diff { $parent }` and this file what it changes.
tools-new-beside = Keep this file in the folder of `{ $parent }`.
tools-new-title-how = Both languages, always.
tools-new-title = Our own profile
tools-new-note-how = What conformity with this profile does not mean; the report says it.
tools-new-note = What this profile does not cover.
tools-new-platform-how = The rules of this profile itself hold on one platform only: android or ios.
tools-new-strict-how = Whether what could not be judged counts as a failure.
tools-new-params = Values to choose
tools-new-params-how = Only the value can change, within its bounds.
tools-new-between = from { $min } to { $max }
tools-new-from = { $min } or more
tools-new-to = { $max } or less
tools-new-choices = one of { $choices }
tools-new-selector = a selector, as in `apps`
tools-new-groups = Groups of apps
tools-new-groups-how = A rule may name these with @ in its `apps`. They cannot change; new ones may be added.
tools-new-overrides = Inherited rules
tools-new-overrides-how = Under each title stands what the rule asks now. A rule is switched off with `off = true` and `because`; the report lists whatever is laxer, with the reason.
tools-new-because = Why we change it.
tools-new-privacy = Privacy
tools-new-privacy-how = What may be read, what is never named in a report, and whether the person must agree first.
tools-new-rules = New rules
tools-new-rules-how = A rule states one thing: { $rest } or { $last }. `poucet apps search` finds apps.
tools-new-bad-id = `{ $name }` is not an id
tools-new-bad-id-hint = an id is lower-case letters, digits and hyphens, 64 at most; choose one with --id
tools-new-same-id = `{ $name }` is the id of the profile to extend
tools-new-same-id-hint = choose another one with --id
tools-new-bad-file-name = `{ $name }` cannot be extended under this name
tools-new-bad-file-name-hint = a profile is extended by the name of its file, which ends in .toml and holds no : and no \
tools-new-exists = { $path } exists already and was left as it is
tools-new-exists-hint = name another file with -o, or remove this one first
tools-new-other-folder = { $path } is not in the folder of { $parent }
tools-new-other-folder-hint = a profile extends files of its own folder only: write it to { $folder }
tools-new-written = { $path } written: the profile `{ $id }`
tools-new-written-hint = change what should be different, then run `poucet profile lint { $path }`

tools-diff-heading = { $from } → { $to }
tools-diff-same = Both are the same profile, SHA-256 { $sha256 }.
tools-diff-alike = { $from } and { $to } judge alike.
tools-diff-none = no difference
tools-diff-stricter-count = { $count ->
    [one] stricter in one thing
   *[other] stricter in { $count } things
}
tools-diff-laxer-count = { $count ->
    [one] laxer in one thing
   *[other] laxer in { $count } things
}
tools-diff-laxer-too = { $count ->
    [one] laxer in one
   *[other] laxer in { $count }
}
tools-diff-summary-both = { $to } is { $stricter } and { $laxer }.
tools-diff-summary-one = { $to } is { $change }.
tools-diff-summary-different = { $count ->
    [one] In one more thing they differ, and nobody can say which is stricter.
   *[other] In { $count } more things they differ, and nobody can say which is stricter.
}
tools-diff-summary-texts = { $count ->
    [one] In one place only the words changed.
   *[other] In { $count } places only the words changed.
}
tools-diff-stricter = Stricter
tools-diff-laxer = Laxer
tools-diff-different = Different
tools-diff-texts = Only the words
tools-diff-profile = The profile as a whole
tools-diff-because = reason: { $reason }
tools-diff-rule-added = new rule, severity { $severity }
tools-diff-rule-on = the rule is on again, severity { $severity }
tools-diff-rule-removed = no such rule any more (severity was { $severity })
tools-diff-rule-off = the rule is switched off (severity was { $severity })
tools-diff-severity = severity: { $from } → { $to }
tools-diff-level = { $permission }, at most: { $from } → { $to }
tools-diff-level-on = { $permission } on { $platform }, at most: { $from } → { $to }
tools-diff-anything = no limit
tools-diff-apps-added = holds for more apps: { $apps }
tools-diff-apps-removed = no longer holds for: { $apps }
tools-diff-more-apps = { $count ->
    [one] and one more
   *[other] and { $count } more
}
tools-diff-selector = other apps outside the catalogue: { $from } → { $to }
tools-diff-presence = the app, at most: { $from } → { $to }
tools-diff-residue-yes = data left behind and copies of other users count now
tools-diff-residue-no = data left behind and copies of other users no longer count
tools-diff-sources-added = accepted now: { $sources }
tools-diff-sources-removed = no longer accepted: { $sources }
tools-diff-expected = { $check }: { $from } → { $to }
tools-diff-at-most = at most { $value }
tools-diff-at-least = at least { $value }
tools-diff-one-of = one of { $values }
tools-diff-check = asks for { $to }, no longer for { $from }
tools-diff-statement = states `{ $to }`, no longer `{ $from }`
tools-diff-ignore-master-yes = stored grants count even while a main switch of the phone is off
tools-diff-ignore-master-no = stored grants no longer count while a main switch of the phone is off
tools-diff-footprint-yes = says that the visit itself breaks the rule
tools-diff-footprint-no = no longer says that the visit itself breaks the rule
tools-diff-platform = platform: { $from } → { $to }
tools-diff-platform-android = Android only
tools-diff-platform-ios = iOS only
tools-diff-platform-both = both
tools-diff-for = phones: { $from } → { $to }
tools-diff-for-all = all
tools-diff-for-institution = of the institution only
tools-diff-for-personal = personal only
tools-diff-strict-yes = what could not be judged counts as a failure
tools-diff-strict-no = what could not be judged no longer counts as a failure
tools-diff-abstract-yes = is made to be extended only
tools-diff-abstract-no = may judge by itself
tools-diff-collect-catalogue-only = reads only the apps of the catalogue
tools-diff-collect-all-apps = reads every app of the phone
tools-diff-consent-yes = the person must agree before anything is read
tools-diff-consent-no = nobody is asked to agree
tools-diff-hidden = no longer named in the report: { $apps }
tools-diff-shown = named in the report now: { $apps }
tools-diff-hide = other apps outside the catalogue are hidden: { $from } → { $to }
tools-diff-changed = changed: { $parts }
tools-diff-part-title = title
tools-diff-part-why = why
tools-diff-part-look = how to look
tools-diff-part-fix = what to press
tools-diff-part-manual = where a person looks
tools-diff-part-refs = references
tools-diff-part-apps = how the apps are written (the same ones)
tools-diff-part-note = note
tools-diff-part-version = version

tools-lint-summary = { $count ->
    [one] one file
   *[other] { $count } files
}
tools-lint-all-good = { $files }, none with mistakes
tools-lint-some-bad = { $count ->
    [one] { $files }, one with mistakes
   *[other] { $files }, { $count } with mistakes
}
tools-lint-good-waivers = { $file }: no mistake, { $count ->
    [one] one waiver
   *[other] { $count } waivers
}
tools-lint-unknown-kind = { $file }: nothing in it says what it is
tools-lint-unknown-kind-hint = a profile has `id` and `[rule.…]`, a waivers file `[[waiver]]`, a catalogue `[[app]]`
tools-lint-good-catalogue = { $file }: no mistake, { $count ->
    [one] one app
   *[other] { $count } apps
}
tools-lint-good-configuration = { $file }: no mistake
tools-lint-empty-folder = { $folder }: no .toml file in it
tools-lint-empty-folder-hint = name a folder that holds profiles, or a file
tools-lint-too-many = { $folder }: more than { $limit } files
tools-lint-too-many-hint = name a smaller folder
tools-lint-unreadable-folder = { $folder }: the folder cannot be read: { $detail }
tools-lint-unreadable-folder-hint = check that it exists and that you may read it
