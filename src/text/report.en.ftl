# Why a grant has its level. $subject is the platform's permission or op, $value what was found for it.
because-granted-by-person = The person granted it.
because-granted-by-policy = The organization's policy granted it.
because-granted-by-system = The system granted it; nobody was asked.
because-granted-by-role = It comes with the app's role as a default app.
because-granted = It is granted; the phone does not tell by whom.
because-install-time = It was granted at installation; nobody is asked.
because-legacy-install-time = The app was made for Android 5 or earlier and got it at installation.
because-never-asked = The app has not asked yet, and may.
because-refused-by-person = The person refused it.
because-refused-for-good = The person refused it, and the app may not ask again.
because-refused-by-policy = The organization's policy refuses it.
because-auto-revoked = The phone took it back because the app was not used.
because-one-time = It is granted for this time only.
because-one-time-over = It was granted one time, which is over.
because-review-required = The app was made for Android 5 or earlier and cannot run before its permissions are reviewed.
because-revoked-compat = It is granted on paper, but was taken back from this old app.
because-restricted = It is granted on paper, but Android restricts it and this app is not exempt.
because-op-refuses = It is granted on paper, but the app-op { $subject } is “{ $value }”, so the app gets nothing.
because-op-asks = The app-op { $subject } is “{ $value }”: the phone asks each time.
because-while-in-use = It is granted while the app is in use ({ $subject }).
because-background-granted = Use in the background is granted as well.
because-no-background-permission = This Android version does not keep apps in the background from it.
because-foreground-service = It is granted, and the app declares a service that may keep using it ({ $subject }).
because-approximate-only = Only the approximate position is granted.
because-precise = The exact position is granted.
because-selected-only = Only the photos that the person chose are granted.
because-write-only = Only adding entries is granted, not reading.
because-accounts-only = Only the list of accounts is granted.
because-scoped-storage = It is granted on paper; on this Android version it has no effect for this app.
because-special-access-on = This special access is switched on (app-op { $subject }: { $value }).
because-special-access-off = This special access is not switched on (app-op { $subject }: { $value }).
because-special-access-by-permission = The system image gives the app this special access ({ $subject }).
because-service-enabled = Its service is in the phone's list of enabled services.
because-implicit-grant = It comes with access to the internet, as the app was made for an earlier Android; nobody was asked ({ $subject }).
because-location-button = The app shows the system’s location button: each tap gives it the exact position for the session, and nothing asks in between ({ $subject }).
because-service-not-bound = Its service is on. It does not run at this moment, because it crashed, was updated or was stopped; Android starts it again by itself.
because-service-listed-but-off = Its service is in the phone's list of enabled services, but the main switch for such services is off.
because-service-not-enabled = Its service is not in the phone's list of enabled services.
because-device-admin = It is an active device administrator.
because-owner = It owns the device or a profile.
because-vpn-consented = The person agreed to a VPN connection of this app.
because-always-on-vpn = It is set as the always-on VPN.
because-keyboard-in-use = It is the keyboard in use.
because-keyboard-enabled = It is an enabled keyboard, though not the one in use.
because-role-holder = It is the default app for: { $subject }.
because-battery-exempt = The person excepted it from battery saving.
because-battery-restricted = The person restricted it in the background.
because-no-permission-needed = No permission is needed for this on this version of the system.
because-no-row = The app has not asked, or was allowed one time that is over; a backup does not tell which.
because-asks-next-time = The phone asks the next time.
because-off-for-all-apps = It is switched off for every app in Settings, whatever was granted to this one.
because-refused = It is refused; the phone does not tell by whom.
because-refused-by-system = The system refuses it; nobody was asked.
because-selected-contacts-only = Only the contacts that the person chose are granted.
because-narrowed-by-update = An update of iOS narrowed it to adding entries; nobody decided on that day.
because-provisional-always = It is granted at any time for now; the phone will ask the person to confirm.
because-while-in-use-or-widgets = It is granted while the app or one of its widgets is in use.
because-at-any-time = It is granted at any time, in the background as well.
because-precise-by-default = The exact position is given, as nobody chose otherwise.
because-delivered-quietly = Notifications are delivered quietly; nobody was asked.
because-on-by-default = It is on, as nobody switched it off.
because-switched-on = It is switched on in Settings.
because-switched-off = It is switched off in Settings.
because-keyboard-installed = Its keyboard is installed, without full access.
because-keyboard-full-access = Its keyboard has full access: what is typed may leave the phone.
because-vpn-configured = The phone has a VPN configuration of this app.
because-health-asked = The app has asked for health data; the backup does not tell what was answered.

verdict-fail = Fails
verdict-waived = Waived
verdict-not-assessed = Not assessed
verdict-manual = Look by hand
verdict-noted = Noted
verdict-pass = Passes
verdict-not-applicable = Does not apply

severity-info = info
severity-low = low
severity-medium = medium
severity-high = high
severity-critical = critical

user-primary = main user
user-secondary = second user
user-guest = guest
user-work-profile = work profile
user-clone = second copy of apps
user-secure-folder = Secure Folder
user-private-space = private space
user-restricted = restricted user
user-unknown-profile = profile

inert-app-disabled = without effect now: the app is switched off
inert-app-hidden = without effect now: the app is hidden by policy
inert-app-suspended = without effect now: the app is suspended
inert-app-archived = without effect now: the app is archived
inert-user-restriction = without effect now: a restriction of this user of the phone closes it to every app
inert-main-switch-off = without effect now: the phone's main switch is off

decided-user = by the person
decided-policy = by policy
decided-default = by default
decided-role = by role
decided-system = by the system
decided-unknown = by whom is not known

usage-foreground = in use
usage-background = in the background
usage-unknown = used

presence-absent = not there
presence-residual = removed, with a rest
presence-disabled = switched off
presence-installed = installed

source-play-store = Google Play
source-app-store = App Store
source-other-store = another store
source-managed = device management
source-preloaded = preloaded
source-sideloaded = a file, a browser or a cable
source-unknown = not known

reason-refused = refused
reason-absent = not in the evidence
reason-timed-out = timed out
reason-truncated = cut short
reason-unproven = not shown to be whole
reason-unreadable = not understood
reason-not-known = read, and not known to this version of poucet
reason-not-supported = not on this version
reason-encrypted-only = only in an encrypted backup, which this one is not
reason-no-password = the backup is encrypted and no password was given

trace-developer-options = Developer options are on
trace-developer-options-fix = Settings > System > Developer options: off
trace-usb-debugging = USB debugging is on
trace-usb-debugging-fix = Settings > System > Developer options > USB debugging: off
trace-wireless-debugging = Wireless debugging is on
trace-wireless-debugging-fix = Settings > System > Developer options > Wireless debugging: off
trace-tcp-debugging = Debugging over the network without pairing is on
trace-tcp-debugging-fix = Run `adb usb`, or restart the phone
trace-trusted-computers = This computer is trusted for debugging
trace-trusted-computers-fix = Settings > System > Developer options > Revoke USB debugging authorizations
trace-stay-awake = The screen stays on while charging
trace-stay-awake-fix = Settings > System > Developer options > Stay awake: off
trace-local-backup = A backup of the phone lies on the computer
trace-local-backup-fix = Delete it once the audit is done (Finder or Apple Devices > Manage Backups); it holds the person’s data
trace-trusted-host = The computer that made the backup is trusted by the phone
trace-trusted-host-fix = Settings > General > Transfer or Reset > Reset > Reset Location & Privacy

reason-other-profile = The profile is for { $value } and does not apply to { $phone }.
reason-other-platform = The rule is for the other platform.
reason-condition = The rule holds for phones with “{ $value }”; this one was said to be another’s.
reason-condition-unknown = The rule holds for phones with “{ $value }”; whose phone this is was not said (--ownership institution or personal).
reason-waiver = It is about { $value }.
reason-manual = Only a person can look.
reason-no-such-app = No such app is on the phone.
reason-no-such-app-unverified = No such app was found; the ids of these apps are not verified: { $value }.
reason-in-use-now = It was in use at the moment that the evidence was taken.
reason-no-last-use = The phone tells no last use.
reason-last-use-ago = Last use that the phone tells: { $value } days before the evidence was taken
reason-last-use = Last use that the phone tells: { $value }
reason-not-on-platform = This platform has no such thing.
reason-not-observable = The phone does not tell this about an app.
reason-not-declared = The app does not declare it.
reason-presence = The app is { $value }.
reason-preloaded-disabled = The app is part of the system image and { $value }, which is as far as a person gets.
reason-not-on-version = This version of Android has no such thing.
reason-not-told-by-version = On this version of Android nothing that the phone writes down tells whether an app can do this.
reason-initiated-by = { $value } asked for the installation, whatever installer the phone names.
reason-brought-by = The file came from { $value }; the system’s own installer unpacked it.
reason-from-file = The phone notes that it came from a file, and names no installer.
reason-from-store = { $value } installed it, and calls itself a store.
reason-by-policy = A policy of the organization installed it.
reason-preloaded = It is part of the phone’s system image.
reason-installer = The phone names { $value } as the installer.
reason-no-installer = The phone names no installer.
reason-not-in-evidence = The evidence does not tell.
reason-value = The phone says: { $value }
reason-footprint = The phone says { $value }, as this visit needs it: look again when the cable is out.

gap-sentence = { $area }: { $reason }
gap-user = { " " }(user { $user })
gap-count = , { $read } of { $of } read
gap-detail = { " " }– { $detail }
gap-app-list = List of installed apps
gap-single-packages = dumpsys package was asked for single packages only; take it without a name

expected-look = that a person looks
actual-nothing = nothing
actual-unknown = not known
value-yes = yes
value-no = no
value-hidden = hidden
value-shown = shown
app-hidden = An app that this profile does not name
app-of-user = { " " }– { $kind } { $user }
last-use = last used { $at }, { $how }
last-use-now = in use at this moment
last-use-now-foreground = in use at this moment, on the screen or with a visible notice
last-use-now-background = in use at this moment, in the background
last-use-ago-days = { $count ->
    [one] last used one day before the evidence was taken, { $how }
   *[other] last used { $count } days before the evidence was taken, { $how }
}
last-use-ago-hours = { $count ->
    [one] last used one hour before the evidence was taken, { $how }
   *[other] last used { $count } hours before the evidence was taken, { $how }
}
last-use-ago-minutes = { $count ->
    [0] last used in the minute before the evidence was taken, { $how }
    [one] last used one minute before the evidence was taken, { $how }
   *[other] last used { $count } minutes before the evidence was taken, { $how }
}
last-use-doubtful = last used { $at } by a clock that was wrong, { $how }
device-not-known = Unknown phone
device-patch = security patch { $date }
device-id = id { $id }

table-profile = Profile { $id } { $version }: { $title }
table-own-catalog = Catalogue of { $date }, with { $files }
table-own-catalog-file = { $file } ({ $date })
table-taken = Evidence of { $at }, source: { $source }
table-verdict-fail = { $count ->
    [one] One rule fails, of severity { $worst }.
   *[other] { $count } rules fail, the worst of severity { $worst }.
}
table-verdict-pass = No rule fails.
table-verdict-unknown = No rule fails among those that could be judged, and some could not.
table-counts = Rules: { $pass } pass, { $fail } fail, { $unassessed } not assessed, { $manual } to look at by hand, { $other } not applicable.
table-numbers = Conformity { $conformity } (rules that hold among those judged, weighted critical 10, high 6, medium 3, low 1), coverage { $coverage } (rules that could be judged).
table-verdict-critical = { $count ->
    [one] One rule fails, and it is critical.
   *[other] { $count } rules fail, critical ones among them: { $critical }.
}
table-verdict-strict = { $count ->
    [one] No rule fails, but one was not assessed, and this profile counts that as a failure.
   *[other] No rule fails, but { $count } were not assessed, and this profile counts that as a failure.
}
table-verdict-waived = { $count ->
    [one] No rule fails but one, for which somebody signed.
   *[other] No rule fails but { $count }, for which somebody signed.
}
table-counts-waived = { $count ->
    [one] Waived: 1.
   *[other] Waived: { $count }.
}
table-counts-noted = { $count ->
    [one] Noted, no failure: 1.
   *[other] Noted, no failures: { $count }.
}
table-verdict-noted = { $count ->
    [one] No rule fails; one has something to tell.
   *[other] No rule fails; { $count } have something to tell.
}
table-numbers-few = Conformity not given: it takes { $floor } of the rules, and { $coverage } could be judged (coverage).
table-note = Keep in mind: { $note }
table-heading-waived = Waived: somebody signed for it
table-heading-noted = Noted: told, and no failure
table-heading-tailored = Where the profile departs from those it extends
table-tailored = { $rule } of { $parent }: { $change }.
table-tailored-no-reason = No reason is given.
table-tailored-others = { $count ->
    [one] One other change does not weaken its rule.
   *[other] { $count } other changes do not weaken their rules.
}
change-off = not judged any more
change-severity = severity
change-expected = asked value
change-nothing = nothing said
change-on = { " " }(on { $platform })
change-from-to = { $what }, { $from } → { $to }
change-apps-removed = no longer about { $apps }
change-apps-added = now also about { $apps }
waiver-signed = Signed by { $approver } on { $granted }, until { $expires }: { $reason }
waiver-ticket = { " " }({ $ticket })
waiver-rests = { " " }It rests on { $rules }.
table-heading-apps = What the listed apps may touch now
table-column-app = App
table-column-location = Location
table-column-camera = Camera
table-column-microphone = Mic
table-column-contacts = Contacts
table-column-photos = Photos
table-column-special = Special access
table-short-always = always
table-short-while-in-use = in use
table-short-limited = part
table-short-ask = once
table-short-none = no
table-short-denied = no
table-short-inert = (off)
table-legend = ● always: at any time · ◐ in use: with the app open · ◔ part: approximate place or chosen items · ◌ once: this time only · ○ no: no access · ?: not known · –: not asked for · (off): without effect now · !: more than the profile allows
table-legend-user = [{ $user }]: { $kind }
table-heading-fail = To change, the worst first
table-heading-unassessed = Not assessed
table-heading-manual = To look at by hand
table-heading-phone = The phone itself
table-line = { $subject }: { $actual } (should be: { $expected })
table-line-noted = { $subject }: { $actual }
table-press = To do: { $text }
table-look = By hand: { $text }
table-backup = What was changed on the phone after the backup is not in it.
table-backup-age = { $count ->
    [0] The backup was made today
    [one] The backup is one day old
   *[other] The backup is { $count } days old
}: what was changed on the phone since is not in it.
table-read-files = { $count ->
    [one] One file, { $size } kB
   *[other] { $count } files, { $size } kB
}: { $names }
table-heading-gaps = Not read
table-heading-footprint = Before the phone goes back, switch off what the visit needed
table-heading-read = Read
table-read-counts = { $count ->
    [one] One source, { $lines } lines
   *[other] { $count } sources, { $lines } lines
}: { $names }
table-other-apps = { $count ->
    [one] One other app is counted and not named.
   *[other] { $count } other apps are counted and not named.
}
table-gaps-more = { $count ->
    [one] … and one more about a permission of an app (--format json lists it)
   *[other] … and { $count } more about permissions of apps (--format json lists them)
}
activity-heading = What the apps did (App Privacy Report)
activity-heading-days = What the apps did (App Privacy Report, { $from } to { $to })
activity-use = { $what }: { $count ->
    [one] used once
   *[other] used { $count } times
}, last { $last }
activity-picker = { $what }: { $count ->
    [one] chosen once by the person
   *[other] chosen { $count } times by the person
} through the system, which is no use of the permission
activity-domains = { $count ->
    [one] One domain contacted
   *[other] { $count } domains contacted
} by itself, hits: { $hits }
activity-owned = { $count ->
    [one] One of them belongs to a known tracker
   *[other] { $count } of them belong to known trackers
}: { $owners }
activity-owner-not-named = { $count ->
    [one] the owner of one is not named
   *[other] the owners of { $count } are not named
}
activity-addresses = { $count ->
    [one] One of them is an IP address without a name
   *[other] { $count } of them are IP addresses without a name
}
activity-most = Most contacted: { $names }{ $count ->
    [0] { "" }
    [one] { " " }and one more (--format json lists it)
   *[other] { " " }and { $count } more (--format json lists them)
}
activity-browsed = { $count ->
    [one] One further domain was contacted
   *[other] { $count } further domains were contacted
} from web pages or in the background; this may be browsing and is not named
activity-none = It did nothing that the report tells.
activity-no-app = The report tells of no app that may be named.
activity-others = { $count ->
    [one] One other app is counted and not named.
   *[other] { $count } other apps are counted and not named.
}
activity-lines = { $count ->
    [one] One line was not understood
   *[other] { $count } lines were not understood
}, of { $lines }.
table-no-apps = No listed app is installed.
table-apps-unknown = No listed app was found, but the list of installed apps was not read in full.
value-days = { $number } days
value-seconds = { $number } seconds

side-heading = Side by side: what at least one of the profiles does not accept or could not judge
side-column-what = What
side-column-now = Now
side-nothing = Nothing: each profile accepts the phone as it is, as far as it could be judged.
side-pass = accepted
side-fail = ✗ { $expected }
side-legend = accepted: as it is now · ✗: not accepted, with what is asked instead · –: the profile says nothing of it
side-others = { $count ->
    [one] One other thing holds under all of them that speak of it.
   *[other] { $count } other things hold under all of them that speak of it.
}
side-move = { $count ->
    [one] From { $from } to { $to }: one thing to change
   *[other] From { $from } to { $to }: { $count } things to change
}
side-move-none = Nothing beyond what the first asks already.
side-move-met = Nothing: the phone is as the second asks, as far as it could be judged.
side-step = [{ $severity }] { $what }: { $actual } → { $expected }
side-unknown = { $count ->
    [one] One thing that the second asks could not be judged.
   *[other] { $count } things that the second asks could not be judged.
}
side-eased = { $count ->
    [one] One failure counts no more under { $to }.
   *[other] { $count } failures count no more under { $to }.
}
percent = { $number }%
oscal-no-offset = The reading has no time with an offset: its moments are written as UTC, or as the beginning of 1970.
sarif-more = More: poucet explain { $code }
oscal-not-applicable = Not applicable: { $rules }
oscal-no-profile = No profile: a comparison alone
oscal-plan = The profile stands in the back matter, with its hash.
