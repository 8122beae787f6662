# What `poucet profile test` says.

cli-profile-test = Judge the examples of profiles, and compare with what they expect
cli-option-test-profile = Profile files, or ids of profiles that ship
example-profile = { $profile }: { $title }
example-passed = passed
example-failed = failed
example-line = { $outcome }  { $example } ({ $platform }, { $count ->
    [one] { $count } rule
   *[other] { $count } rules
})
example-mismatch = { $rule }: expected “{ $expected }”, found “{ $found }”. { $because }
example-none = { $profile } holds no example.
example-counts = { $count ->
    [one] { $count } example passed
   *[other] { $count } examples passed
}, { $failed } failed.
example-shown = Rules of this file that the examples show, of those that can have the verdict:
example-shown-on = { $platform }: { $counts }
example-count = { $verdict } { $shown } of { $possible }
example-lacking = Not shown yet:
example-lacks = { $rule } ({ $platform }): { $verdicts }
