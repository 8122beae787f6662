# The report as a page.

html-title = Report on a phone
html-language = English
html-skip = Skip to the report
html-contents = In this file
html-short-numbers = Conformity { $conformity }, coverage { $coverage }.
html-made-by = Made by poucet { $version }, which only reads. What was not assessed is said; nothing is guessed.
html-evidence-note = On paper, folded evidence is left out: open what should be printed.
html-evidence-of = Evidence of
html-profile = Profile
html-catalog = Catalogue of apps of
html-baseline = Earlier reading
html-verdict-apps = { $count ->
    [one] { $met } of one judged app meets “{ $profile }”.
   *[other] { $met } of { $count } judged apps meet “{ $profile }”.
}
html-verdict-no-app = No judged app is on the phone (“{ $profile }”).
html-verdict-worst = Worst: { $who } – { $subject }: { $actual }.
html-verdict-critical = Critical: { $who } – { $subject }: { $actual }.
html-verdict-waiver = { $title }.
html-the-phone = the phone itself
html-conformity = Conformity
html-conformity-means = Rules that hold among those judged, weighted: critical 10, high 6, medium 3, low 1.
html-coverage = Coverage
html-coverage-means = Rules that could be judged.
html-first-things = { $count ->
    [one] The one thing to do
   *[other] The { $count } things to do first
}
html-evidence = Evidence
html-why = Why this rule
html-rule = Rule
html-installed = installed
html-updated = updated
html-may-touch = What it may touch
html-column-access = Access
html-column-now = Now
html-column-who = Who decided, last use
html-column-rule = Profile
html-column-setting = Setting
html-column-value = Value
html-column-source = Source
html-column-origin = Command or file
html-column-size = Size
html-touches-nothing = It may touch nothing that poucet looks at.
html-no-access = { $count ->
    [one] One thing it may not touch
   *[other] { $count } things it may not touch
}
html-timeline = A line in a card shows last uses in the 30 days before the reading, the day of the reading at the right: circle, with the app open; square, in the background.
html-timeline-title = { $count ->
    [one] One last use in the 30 days before the reading
   *[other] { $count } last uses in the 30 days before the reading
}
html-configuration = The phone’s own configuration
html-settings = Settings that were read
html-users = Users
html-config-profiles = Configuration profiles
html-gaps-of-apps = { $count ->
    [one] One thing about a single app
   *[other] { $count } things about single apps
}
html-read = What was read
html-read-note = For the owner of the phone: these sources were read, and no other. No message, picture, contact or position is among them.
html-read-sources = { $count ->
    [one] One source
   *[other] { $count } sources
}
html-size = { $lines } lines, { $bytes } bytes
html-sign-owner = The owner of the phone
html-sign-desk = For the desk
html-sign-date = Date
html-rules = Why these rules
