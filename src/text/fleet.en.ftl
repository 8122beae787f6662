# What all phones of a batch come to.

fleet-title = All phones together
fleet-targets = { $count ->
    [one] One target: { $read } read, { $failed } not.
   *[other] { $count } targets: { $read } read, { $failed } not.
}
fleet-devices = { $count ->
    [one] All readings that name their phone are of one phone.
   *[other] The readings are of { $count } different phones, as far as they name them.
}
fleet-known = { $count ->
    [one] One result was there already, for the same evidence, profile and version.
   *[other] { $count } results were there already, for the same evidence, profile and version.
}
fleet-damaged = { $count ->
    [one] One reading lacks evidence that was refused, cut short or damaged.
   *[other] { $count } readings lack evidence that was refused, cut short or damaged.
}
fleet-aside = { $count ->
    [one] One file or folder among them is nothing that poucet knows, and was left aside.
   *[other] { $count } files or folders among them are nothing that poucet knows, and were left aside.
}
fleet-conformity = { $profile } { $version }: mean conformity { $share }.
fleet-no-conformity = { $profile } { $version }: too little could be judged for a conformity.
fleet-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
fleet-beyond = Lists end after { $count } entries; the counts are of all.

fleet-verdicts = Phones by verdict
fleet-rules = Rules by failures
fleet-reasons = Not assessed, by reason
fleet-apps = Apps by phones
fleet-phones = Each phone
fleet-failures = Could not be read

fleet-column-verdict = Verdict
fleet-column-phones = Phones
fleet-column-share = Share
fleet-column-rule = Rule
fleet-column-title = Asks for
fleet-column-severity = Severity
fleet-column-fail = Fails
fleet-column-not-assessed = Not assessed
fleet-column-waived = Waived
fleet-column-noted = Noted
fleet-column-reason = Reason
fleet-column-findings = Findings
fleet-column-app = App
fleet-column-app-failing = With a failing rule
fleet-column-target = Target
fleet-column-phone = Phone
fleet-column-id = Id
fleet-column-taken = Taken
fleet-column-profile = Profile
fleet-column-failing = Fails
fleet-column-conformity = Conformity
fleet-column-message = What was said

fleet-damaged-word = evidence damaged

# The history.
fleet-column-readings = Readings
fleet-column-latest = Latest
fleet-column-verdicts = Verdicts
fleet-column-source = Evidence
fleet-column-system = Version
fleet-column-period = Period
fleet-column-critical = Of these critical
fleet-column-high = High
fleet-column-failing-rules = Failing rules

fleet-partial-word = partial reading
fleet-latest-partial = { $at } (partial)
fleet-later-partial = { $at }; partial since: { $later }
fleet-column-reading = Reading
fleet-reading-whole = whole
fleet-reading-partial = partial: { $parts }
fleet-part-apps = apps
fleet-part-access = access
fleet-part-settings = settings
fleet-column-deletion = Deletion
fleet-column-deleted = Deleted
fleet-column-why = Why
fleet-column-cutoff = Older than
fleet-column-state = State
fleet-deletion-until = can be brought back until { $at }
fleet-deletion-restored = brought back { $at }
fleet-deletion-purged = gone for good { $at }
fleet-column-partial = Partly read
