# What the kinds of rules say of themselves: what one is about (subject), what a rule asks for (asks), when it is neither passed nor
# failed (verdict), what changes from one profile to another (difference).

kind-manual-asks = A person looks; poucet reads nothing for it.
kind-presence-asks-absent = The app is not on the phone. What a removed app left behind does not count here; a preloaded app that is switched off is accepted.
kind-presence-asks-disabled = The app is not on the phone, or it is switched off.
kind-presence-asks-installed = The app may be on the phone: it is told, and never fails.
kind-presence-asks-residual = The app is removed; data that it left behind is accepted.
kind-presence-asks-residue = Nothing of a removed app is left on the phone: no data kept, no copy of another user.
kind-presence-subject = On the phone
kind-presence-verdict = judged for each app; not assessed where the list of apps could not be read in full
kind-source-asks = The app came from { $sources }.
kind-source-subject = Came from
kind-source-verdict = judged for each app; not assessed where the phone does not tell where an app came from
kind-unused-days-asks = { $count ->
    [one] The app was used within one day, or is not on the phone.
   *[other] The app was used within { $count } days, or is not on the phone.
}
kind-unused-days-difference = days without use, at most: { $from } → { $to }
kind-unused-days-subject = Days without use
kind-unused-days-verdict-android = judged by the last use that the phone tells; not assessed where it tells none
kind-unused-days-verdict-ios = a backup tells few uses: passes on a recent one, else not assessed
