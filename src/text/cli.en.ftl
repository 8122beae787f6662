# The command line: help, messages and hints.

cli-poucet = Audits phones: what each installed social app may really touch, when it last did, and whether a hardening profile allows it. It only reads.
cli-devices = Phones in sight, their state, what to do on the phone when it is not ready, and the iOS backups of this computer
cli-audit = Judge phones or collected evidence by a profile (the main job); without a TARGET: every phone plugged in
cli-snapshot = The facts alone, as JSON; several targets give JSON Lines
cli-collect = Keep the raw evidence, without personal data, to audit later or elsewhere
cli-profile = List, show and check profiles
cli-profile-list = List the profiles that ship
cli-profile-show = Show a profile
cli-profile-lint = Look for mistakes in profile files
cli-apps = List, show and search the catalogue of apps
cli-apps-list = List every app
cli-apps-show = Show one app
cli-apps-search = Look for apps by a word
cli-explain = What a word means, how to see it on the phone and what to press
cli-usage-heading = Usage
cli-commands-heading = Commands
cli-options-heading = Options
cli-exit-codes =
    Exit codes: 0 no rule fails at or above the threshold, 1 a rule fails, 2 wrong arguments or a wrong profile, 3 a target could not be read or evidence was refused, cut short, damaged or contradicts itself, 4 no phone found.

    A TARGET is adb:SERIAL (through an ADB server), usb: or tcp:HOST:PORT (without one), or a path: a bug report, an AndroidQF folder or zip, an iOS backup, a bundle, loose dumpsys files, a snapshot, or - for snapshots on standard input.
cli-option-help = Show this help
cli-option-version = Show the version
cli-option-lang = Language of texts and reports (default: the locale's)
cli-option-profile = Profile to judge by, an id or a file; may be repeated (default: byod)
cli-option-format = Form of the results (default: table)
cli-option-wide = Tables as wide as they are, one line an app, whatever the terminal
cli-both-languages = `--format { $format }` is in one language at a time
cli-both-languages-hint = `--lang both` goes with --format { $formats }
cli-option-output = Write to this file, whole or not at all
cli-option-collect-output = Write to this folder, or to this zip file
cli-option-fail-on = Lowest severity of a failing rule that makes the exit code 1 (default: low; info: what is noted counts too)
cli-option-strict = Count what was not assessed as failing
cli-option-ownership = Who owns the phone; some rules hold only for an institution's phones
cli-option-explain-collection = Show every command that may run on a phone and why, and stop
cli-option-user = Only this user of the phone
cli-option-all-apps = Name every app, not only those of the catalogue and holders of a special access
cli-option-show-serial = Put the serial number in place of the device id
cli-option-devices-show-serial = Show the identifiers of phones in the paths of their backups
cli-option-password-file = File with the password of encrypted iOS backups; also: POUCET_BACKUP_PASSWORD, else a prompt
cli-option-password-stdin = Read the password of encrypted iOS backups from standard input
cli-option-privacy-report = App Privacy Report that was exported from the phone of the iOS backup (.ndjson)
cli-option-timeout = Seconds that a phone may take (default: 60)
cli-option-follow-links = Also follow links inside a folder, wherever they lead; only for folders that you trust
cli-option-jobs = Targets read at a time (default: as many files as there are processors, up to 16 phones)
cli-option-target = What to read, a phone or a path: see the end of `poucet --help`
cli-option-id = An id, or a file
cli-option-word = A part of a name, id or publisher
cli-option-resolved = With everything it inherits, as it judges
cli-option-set = Value of a parameter of the profile, as patch_days=60; may be repeated
cli-option-show-format = Form of the resolved profile (default: toml); json is what the SHA-256 is of
cli-option-lint-file = Profile files, folders of them, or ids of profiles that ship
cli-option-explain-word = A rule, a permission, a level, a check, a word of a report, a name of Android or iOS, a reference; without it: every word
cli-option-explain-platform = Only what holds on this platform
cli-option-explain-vendor = The menus of this maker's phones
cli-option-explain-profile = Profile whose rules are looked up, an id or a file; may be repeated (default: all that ship)
cli-value-severity = SEVERITY
cli-value-seconds = SECONDS
cli-value-target = TARGET
cli-value-set = NAME=VALUE
cli-error = error:
cli-hint = hint:
cli-stdout = standard output could not be written: { $detail }
cli-unknown-argument = unknown argument `{ $argument }`
cli-unknown-command = unknown command `{ $command }`
cli-missing-value = `{ $argument }` needs a value
cli-wrong-value = `{ $value }` is not a value of `{ $argument }`
cli-missing-argument = `{ $argument }` is missing
cli-argument-twice = `{ $argument }` cannot be used that way twice or together with others
cli-did-you-mean = did you mean `{ $word }`?
cli-one-of = one of { $words }
cli-see-help = see `poucet --help`
cli-explain-collection = poucet runs these commands on an Android phone, and no other. It only reads.
cli-no-phone = no phone found
cli-no-phone-hint = plug in a phone, or name evidence: `poucet audit PATH` (a bug report, an AndroidQF folder, an iOS backup, a bundle)
cli-not-ready = phone { $target } is not ready: { $state }
cli-android-serial = note: ANDROID_SERIAL names the phone { $serial }: without a target, only that one is read
cli-server = ADB server at { $address }, version { $version }
cli-target = target { $target }:
cli-no-user = { $target } has no user { $user }
cli-bad-snapshot = { $place } is no snapshot that this version can read: { $detail }
cli-bad-snapshot-no-line = { $place } is no snapshot that this version can read: the line is no UTF-8 text, or longer than a snapshot can be
cli-bad-snapshot-no-evidence = { $place } is no snapshot that this version can read: snapshots hold no raw evidence to collect
cli-bad-snapshot-hint = make it again with `poucet snapshot`
cli-abstract-profile = the profile `{ $profile }` is made to be extended and judges nothing by itself
cli-abstract-profile-hint = use one of { $profiles }
cli-profile-abstract = (to be extended only)
cli-no-id-key = no key for device ids could be kept, so devices have no id: { $detail }
cli-short-id-key = { $variable } has fewer than { $count } bytes: whoever has the ids could try out serial numbers until one fits
cli-short-id-key-hint = take a longer key, the same on every desk, such as `openssl rand -hex 32` prints: { $variable }=KEY
cli-not-utf8 = an argument is no UTF-8 text
cli-not-utf8-hint = only targets may have names of other bytes; rename the file or folder that the option names
cli-ignored = left aside: { $file } ({ $reason })
cli-ignored-unrecognised = no output that poucet reads
cli-ignored-app-ops-get = `cmd appops get` names no app; take `dumpsys appops`
cli-ignored-too-much = more than poucet reads from one target
cli-ignored-unreadable = cannot be read
cli-ignored-packed = encrypted, or packed in a form that is not opened here: unpack it, or give it by itself
cli-doubted = { $file }: { $reason }
cli-ignored-contradicts = contradicts hashes.csv: it was changed after it was collected, and nothing in it counts as whole
cli-ignored-gone = hashes.csv lists it, and it is not there
cli-ignored-unlisted = hashes.csv does not list it: it may have been put there later
cli-ignored-link = a link; --follow-links follows it, if you trust where it leads
cli-ignored-doubtful = another output seems to begin at this line, but an app may have written it: save each output in a file of its own
cli-ignored-more = { $count ->
    [one] … and one more file left aside
   *[other] … and { $count } more files left aside
}
cli-lint-good = { $file }: no mistake, { $count ->
    [one] one rule
   *[other] { $count } rules
}, SHA-256 { $sha256 }
cli-collected = { $count ->
    [one] one file written to { $path }
   *[other] { $count } files written to { $path }
}
cli-not-collected = not collected: { $source } ({ $reason })
cli-collect-one-zip = several targets do not go into one zip file
cli-collect-one-zip-hint = name a folder with -o; each phone gets a folder in it
cli-collect-backup = { $path }: an iOS backup is the evidence already, and nothing decrypted of it is ever written
cli-collect-backup-hint = keep the backup itself; `poucet snapshot` keeps the facts alone
cli-password-unreadable = no password could be read from { $place }: { $detail }
cli-password-unreadable-hint = the file holds the password and nothing else; a newline at the end is not part of it
cli-stdin-twice = standard input cannot be both a target and the password
cli-stdin-twice-hint = give the password with --password-file or POUCET_BACKUP_PASSWORD
cli-password-prompt = Password of the encrypted backup { $target } (empty: go on without):
cli-password-no-text = the password in { $place } is neither UTF-8 nor UTF-16 with a byte order mark
cli-password-no-text-hint = phones take passwords in UTF-8; save the file again as UTF-8 (in Notepad: Save as, Encoding), or type the password at the prompt
cli-password-wrong = This password does not open the backup.
cli-many-rounds = { $target }: its keys take { $millions } million rounds, several times those of a phone; each password takes that long
cli-deriving-key = deriving the key of the backup …
cli-password-not-needed = { $target } is not encrypted; the password was not needed
cli-backup-locked = { $target } is encrypted and no password was given: device, iOS version and apps are read, and no permission of any app is
cli-backup-locked-hint = give it with --password-file FILE, --password-stdin or POUCET_BACKUP_PASSWORD, or run poucet on a terminal and type it
cli-backup-unfinished = warning: the backup { $target } was not finished ({ $state }); some of what it says may be old or missing
cli-backup-resized = { $count ->
    [one] { $target }: one file changed while the backup ran, and was read whole: { $files }
   *[other] { $target }: { $count } files changed while the backup ran, and were read whole: { $files }
}
cli-backups-heading = iOS backups on this computer:
cli-backups-hidden = … stands for the phone's identifier (--show-serial shows it); the folder above reads all backups in it.
cli-backup-encrypted = encrypted
cli-backup-plain = not encrypted
cli-backup-whole = finished
cli-backup-half = not finished
cli-backup-unknown = ?
cli-no-app = no app of the catalogue matches `{ $word }`
cli-no-app-hint = try `poucet apps search` with a part of its name, id or publisher
cli-app-control = under the laws of { $country } (as of { $date })
cli-app-publisher = publisher
cli-app-category = category
cli-app-cannot-tell = What the id does not tell: { $what }
cli-id-verified = verified
cli-id-single-source = from one source
cli-id-unverified = not verified
cli-option-catalog = An organization's own catalogue file; may be repeated
cli-option-no-config = Leave the configuration file aside; also: an empty POUCET_CONFIG
cli-config-wrong = the configuration is wrong, so nothing was done
cli-config-hint = put it right, or leave it aside with --no-config
cli-app-own = added by the organization, as of { $date }
cli-app-corrected = corrected by the organization, as of { $date }
cli-profile-own = (own: { $file })
cli-older-catalog = { $target } was made before with its own catalogue: apps that this one adds may be among the { $count } apps that it only counts
cli-older-catalog-hint = read the phone or its evidence again with --catalog, or make snapshots with --all-apps
cli-apps-lint = Look for mistakes in an organization's catalogue files
cli-option-own-file = Catalogue files
cli-apps-lint-good = { $file }: no mistake; apps added: { $apps }, corrected: { $corrections }; SHA-256 { $sha256 }

cli-waiver = What somebody signed for: list, and write a new one
cli-waiver-list = The waivers of files, the first to end first
cli-waiver-new = Write a waiver for a rule, to be filled in and signed
cli-option-waivers = File of waivers; may be repeated
cli-option-today = The day for which waivers are looked at (default: today)
cli-option-expiring = Only those that end within so many days, or have ended
cli-option-finding = The rule that need not hold, and the app where it is about one
cli-option-waiver-device = The phone, by the id that a report gives it (default: any phone)
cli-option-waiver-app = The app, by its word or id
cli-option-waiver-approver = Who signs
cli-option-waiver-reason-en = Why, in English
cli-option-waiver-reason-fr = Why, in French
cli-option-waiver-ticket = Where it is written down
cli-option-waiver-mitigation = A rule that must pass for the waiver to hold; may be repeated
cli-option-waiver-days = How many days it holds (default: 90, at most 365)
cli-no-waivers = no file of waivers is named
cli-no-waivers-hint = name one with --waivers, or in the configuration
cli-waiver-any-phone = any phone
cli-waiver-phones = phones { $ids }
cli-waiver-any-app = every app
cli-waiver-apps = apps: { $apps }
cli-waiver-signed = { $approver }: { $reason } ({ $place })
cli-waiver-rests = rests on { $rules }
cli-waiver-form = `{ $finding }` names no rule of a profile
cli-waiver-form-hint = write the id of the profile, a slash, and the id of the rule, as in `byod/contacts`; then another slash and the app, where it is about one
cli-waiver-no-rule = the profile { $profile } has no rule `{ $rule }`
cli-waiver-new-remark = Fill in the dots: a waiver with dots is not accepted. Put it into a file that begins with: format = 1
cli-waiver-unused = note: none of these phones needs the waiver of { $rule } ({ $place })
cli-consent = note: the profile { $profile } asks that the person agrees before the phone is read; `poucet audit --explain-collection` prints what is read
cli-waiver-left = { $count ->
    [one] one day left
   *[other] { $count } days left
}
cli-waiver-past = { $count ->
    [one] ended one day ago
   *[other] ended { $count } days ago
}
cli-waiver-count = { $count ->
    [one] { $shown } of one waiver
   *[other] { $shown } of { $count } waivers
}
cli-warning = warning: { $message }
cli-baseline-other = warning: the baseline is not known to be of { $target }; it is used all the same
cli-no-baseline = note: the baseline has no reading of { $target }; whatever fails counts as new
cli-no-pair = no phone is in both { $before } and { $after }
cli-no-pair-hint = phones are matched by their device id: read both with the same id key (POUCET_ID_KEY), or name one reading on each side
cli-compare-stdin = standard input cannot be both the before and the after
cli-compare-stdin-hint = keep one of them in a file
cli-compare = What changed between two readings, and with a profile what was fixed, is new or still fails
cli-option-before = The earlier reading: a phone or a path, as a TARGET
cli-option-after = The later reading
cli-option-baseline = Earlier reading to hold the results against: a snapshot, or any other path
cli-option-fail-on-new = With --baseline: only failures that are not in it make the exit code 1
cli-option-compare-profile = Profile to judge both readings by, an id or a file; may be repeated (default: none)
cli-option-compare-fail-on-new = Only failures that are new make the exit code 1

# Many targets at once.
cli-aside = { $file }: nothing that poucet knows; left aside.
cli-link-aside = { $file }: a link, which may lead anywhere; left aside. --follow-links follows it, if you trust where it leads.
cli-hollow = { $folder }: an empty folder, as a backup leaves that never began; left aside.
cli-other-results = { $folder }: the results in it are of another build of poucet, whose records this one does not go by; everything is read anew, and the older reports stay beside the new ones.
cli-no-summary = there is no summary of all phones as { $format }
cli-standard-input = standard input
cli-stdin-list = standard input cannot hold both the list of targets and snapshots
cli-bad-list = { $file }: the list of targets cannot be read: { $detail }
cli-empty-list = { $file }: the list names no target
cli-list-hint = write one target a line: a path, or adb:SERIAL; empty lines, and lines that begin with #, are left out
cli-list-too-long = { $file }: the list of targets is longer than 64 MiB
cli-list-too-long-hint = split it, or name the folder that the targets lie in
cli-defect = { $target }: a defect of poucet stood in the way of this target
cli-defect-hint = report it with the message above; the other targets were read
cli-option-targets-from = Also read the targets that a file names, one a line (- for standard input)
cli-option-watch-output = Write to this file; after each phone it is whole, with all phones so far
cli-option-watch-output-dir = Write one report into a folder each time that a phone is plugged in
cli-option-output-dir = Write one report per target into a folder, and skip those that are there for the same evidence, profile and version
cli-option-summary = Show only what all phones come to: verdicts, rules by failures, apps, what was not assessed (table, json, csv, html, markdown)
cli-fleet = The history that --store keeps: devices, readings, trend, comparisons
cli-fleet-list = The devices, with their latest verdicts
cli-fleet-show = The readings of one device, with what was judged of each
cli-fleet-trend = How the fleet has fared, by day, week or month
cli-fleet-compare = Two readings of the store; of one device, its latest with the one before
cli-fleet-prune = Delete old readings, or settle for how long the store keeps them
cli-fleet-restore = Bring back what was deleted, as long as it can be
cli-fleet-export = The readings as they were, one JSON line each, to judge them again with `poucet audit -`
cli-watch = Audit each phone as it is plugged in, until Ctrl-C
cli-option-store = Keep readings and verdicts: in the usual file, or with --store=PLACE in another, or on a PostgreSQL server
cli-option-compare-store = Where `last` looks for the reading before (default: the usual store)
cli-option-fleet-store = The store to look into (default: that of the configuration, else the usual file)
cli-option-keep = For how long the store keeps readings, from now on and for every desk; older ones are deleted
cli-option-fleet-device = The device, by its id or the beginning of it; with @YYYY-MM-DD its latest reading at the end of that day
cli-option-fleet-by = How long a period is (default: month)
cli-option-fleet-profile = Only what this profile said; may be repeated
cli-option-fleet-older-than = Delete readings that were taken longer ago than this (90d, 12w)
cli-option-undo-window = For how long what is deleted can be brought back, from now on (default: 7d); with 0 it goes at once, with what could still be brought back
cli-option-clock-is-right = Say that the clock of this computer is right, where the store doubts it
cli-option-restore-deletion = The number of the deletion (default: the last)
cli-option-restore-list = Show what was deleted, when and why, and until when it can be brought back
cli-no-home = there is no place to keep a store: the home folder is not known
cli-no-home-hint = name one with --store=FILE, or in POUCET_STORE
cli-store-drained = { $count ->
    [one] One reading that had been waiting is now stored in { $place }.
   *[other] { $count } readings that had been waiting are now stored in { $place }.
}
cli-store-new = { $count ->
    [one] One reading stored in { $place }.
   *[other] { $count } readings stored in { $place }.
}
cli-store-known = { $count ->
    [one] One reading was stored already.
   *[other] { $count } readings were stored already.
}
cli-store-too-old = { $count ->
    [one] One reading is older than the store keeps them, and was not stored.
   *[other] { $count } readings are older than the store keeps them, and were not stored.
}
cli-store-expired = { $count ->
    [one] One old reading was deleted, as the store keeps it no longer.
   *[other] { $count } old readings were deleted, as the store keeps them no longer.
}
cli-store-waiting = { $count ->
    [one] one reading could not be stored; it waits in { $folder }
   *[other] { $count } readings could not be stored; they wait in { $folder }
}
cli-store-waiting-hint = they go in by themselves the next time poucet reaches this store
cli-store-keeps = { $count ->
    [one] The store keeps readings for one day.
   *[other] The store keeps readings for { $count } days.
}
cli-store-keeps-all = The store deletes nothing by itself; `poucet fleet prune --keep 365d` settles for how long it keeps readings.
cli-store-pruned = { $count ->
    [0] Nothing in { $place } is that old.
    [one] One reading deleted from { $place }.
   *[other] { $count } readings deleted from { $place }.
}
cli-store-undo = { $count ->
    [one] `poucet fleet restore` brings back what was deleted, for one day; until then it is still in the store.
   *[other] `poucet fleet restore` brings back what was deleted, for { $count } days; until then it is still in the store.
}
cli-store-purged = { $count ->
    [one] One reading that had been deleted is gone for good.
   *[other] { $count } readings that had been deleted are gone for good.
}
cli-store-restored = { $count ->
    [0] All that was deleted is in { $place } again already.
    [one] One reading is back in { $place }.
   *[other] { $count } readings are back in { $place }.
}
cli-store-restored-keeps = { $count ->
    [one] The store keeps readings for one day: what is older goes again at the next storing, unless `poucet fleet prune --keep` settles otherwise.
   *[other] The store keeps readings for { $count } days: what is older goes again at the next storing, unless `poucet fleet prune --keep` settles otherwise.
}
cli-store-unproven = { $count ->
    [one] One of these verdicts has no seal of this desk’s key: nobody can tell here whether it is what was stored.
   *[other] { $count } of these verdicts have no seal of this desk’s key: nobody can tell here whether they are what was stored.
}
cli-store-date = `{ $date }` is no date
cli-store-date-hint = write DEVICE@YYYY-MM-DD, or a time such as DEVICE@2026-11-16T09:30:00Z
cli-store-no-reading = there is no such reading of { $device } in the store
cli-store-no-reading-hint = `poucet fleet show { $device }` lists the readings; `poucet audit --store` adds one
cli-no-last-id = this evidence does not tell which device it is from, so nothing is found that was before
cli-no-last-id-hint = compare with a file: poucet compare BEFORE AFTER
cli-progress-read = read
cli-watch-ready = Plug in a phone; Ctrl-C ends.
cli-watch-reading = { $target }: reading…
cli-watch-written = { $target }: written to { $file }
cli-watch-server-gone = The ADB server on { $address } has ended. Phones are read again when one is there; poucet starts none.
cli-watch-server-back = An ADB server answers on { $address } now (version { $version }).
cli-watch-next = Ready for the next phone.
cli-watch-unplugged = not read: it was unplugged before its turn came
cli-watch-unread = not read: the watch ended before its turn came
cli-watch-ending = { $count ->
    [one] One phone is still being read; Ctrl-C again stops at once.
   *[other] { $count } phones are still being read; Ctrl-C again stops at once.
}
cli-keep-nothing = --keep says how long the store keeps readings, and nothing is stored
cli-keep-nothing-hint = add --store

# Pairing with wireless debugging.

cli-devices-pair = Make this computer known to a phone in wireless debugging (Android 11 and later), as "adb pair" does
cli-devices-pair-more = On the phone: Developer options, Wireless debugging, "Pair device with pairing code". Name the address that stands beside the code. The code is asked for; a script gives it on standard input. What the phone takes is the key of this computer, ~/.android/adbkey; it is made where there is none.
cli-option-pair-address = The phone's address and pairing port, as they stand beside the code
cli-pair-prompt = Six-digit code that the phone shows for { $address }:
cli-pair-bad-address = `{ $address }` is no address of a phone: HOST:PORT is expected
cli-pair-unreadable = no pairing code could be read: { $detail }
cli-pair-bad-code = a pairing code has six digits, and no such code was given
cli-pair-bad-code-hint = type the digits that the phone shows, or give them on standard input: echo 123456 | poucet devices pair HOST:PORT
cli-pair-key-made = note: this computer had no key yet; one was made in { $path }
cli-pair-paired = Paired with { $name } at { $host }: the phone knows this computer now.
cli-pair-next = Next: poucet audit { $target }, where { $port } is the port under "IP address & port" on the phone's "Wireless debugging" screen.
cli-pair-port = PORT
cli-waiting-allow = { $target }: waiting for the phone. Unlock it and accept the question "Allow USB debugging?"
cli-bad-key = note: { $text }; it is passed over
cli-same-phone = note: { $target } is the same phone as { $other }, reached by another road; it is counted once
