//! Every mistake with its message.

use super::*;

#[test]
fn codes_are_unique_and_each_has_a_case() {
    let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    let covered: BTreeSet<Code> = cases().into_iter().map(|(code, _)| code).collect();
    // Waivers and examples have their cases beside their readers, by the first part of the word.
    let beside = |code: &Code| ["waiver-", "example-"].iter().any(|file| code.word().starts_with(file));
    let elsewhere = |code: &&Code| OF_OTHER_FILES.contains(code) || beside(code) || **code == Code::TooMany;
    let missing: Vec<&Code> =
        Code::ALL.iter().filter(|code| !covered.contains(code)).filter(|code| !elsewhere(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let mut told = String::new();
    for (code, files) in cases() {
        let (report, found) = run(code, &files);
        assert!(found, "{code} did not come up:\n{report}");
        // A line, and the words underlined in it; the one code without a place is about no file but about two.
        let underlined = report.contains("^") && report.contains("--> ");
        assert_eq!(underlined, code != Code::AmbiguousProfile, "{report}");
        told.push_str(&format!("=== {code}\n{report}"));
    }
    insta::assert_snapshot!(told, @r##"
    === unreadable-file
    error[unreadable-file]: cannot read the file `sub.toml`: it is not a file
     --> mine.toml:4:12
      |
    4 | extends = ["sub"]
      |            ^^^^^
    === unknown-profile
    error[unknown-profile]: no profile is called `bas`
     --> mine.toml:4:12
      |
    4 | extends = ["bas"]
      |            ^^^^^
      |
      = hint: did you mean `base`?
    === file-too-large
    error[file-too-large]: the file `big.toml` is larger than 1048576 bytes
     --> mine.toml:4:12
      |
    4 | extends = ["big"]
      |            ^^^^^
    === not-text
    error[not-text]: the file `binary.toml` is not UTF-8 text
     --> mine.toml:4:12
      |
    4 | extends = ["binary"]
      |            ^^^^^^^^
    === not-toml
    error[not-toml]: this is not TOML: string values must be quoted, expected literal string
     --> mine.toml:4:12
      |
    4 | severity = 
      |            ^

    error[not-toml]: this is not TOML: unclosed array, expected `]`
     --> mine.toml:5:18
      |
    5 | extends = ["base"
      |                  ^
    === unknown-format
    error[unknown-format]: format 2 is not known; this version of poucet reads format 1
     --> mine.toml:1:10
      |
    1 | format = 2
      |          ^
    === missing-key
    error[missing-key]: `id` is missing
     --> mine.toml:1:1
      |
    1 | format = 1
      | ^

    error[missing-key]: `title` is missing
     --> mine.toml:1:1
      |
    1 | format = 1
      | ^

    error[missing-key]: `apps` is missing
     --> mine.toml:3:7
      |
    3 | [rule.one]
      |       ^^^

    error[missing-key]: `severity` is missing
     --> mine.toml:3:7
      |
    3 | [rule.one]
      |       ^^^

    error[missing-key]: `title` is missing
     --> mine.toml:3:7
      |
    3 | [rule.one]
      |       ^^^

    error[missing-key]: `why` is missing
     --> mine.toml:3:7
      |
    3 | [rule.one]
      |       ^^^
    === unknown-key
    error[unknown-key]: `aps` means nothing here
     --> mine.toml:8:1
      |
    8 | aps = "any"
      | ^^^
      |
      = hint: did you mean `apps`?
    === misplaced-key
    error[misplaced-key]: `is` has no effect in a rule that does not use `device`
      --> mine.toml:10:1
       |
    10 | is = true
       | ^^

    error[misplaced-key]: `ignore_master` has no effect in a rule that does not use `max`
      --> mine.toml:11:1
       |
    11 | ignore_master = true
       | ^^^^^^^^^^^^^
    === wrong-type
    error[wrong-type]: `apps` must be a text in quotation marks
     --> mine.toml:8:8
      |
    8 | apps = 3
      |        ^

    error[wrong-type]: `refs` must be a list
      --> mine.toml:10:8
       |
    10 | refs = "cisa-mcbp"
       |        ^^^^^^^^^^^

    error[wrong-type]: `platform` must be a text in quotation marks
      --> mine.toml:11:12
       |
    11 | platform = [1]
       |            ^^^
    === bad-id
    error[bad-id]: `My profile` is not an id: lower-case letters, digits and hyphens, 64 at most
     --> mine.toml:2:6
      |
    2 | id = "My profile"
      |      ^^^^^^^^^^^^
    === unknown-word
    error[unknown-word]: `abscent` is not a word for `presence`
     --> mine.toml:9:12
      |
    9 | presence = "abscent"
      |            ^^^^^^^^^
      |
      = hint: did you mean `absent`?

    error[unknown-word]: `windows` is not a word for `platform`
      --> mine.toml:10:12
       |
    10 | platform = "windows"
       |            ^^^^^^^^^
       |
       = hint: write one of `android`, `ios`
    === unknown-permission
    error[unknown-permission]: no permission is called `camra`
     --> mine.toml:9:9
      |
    9 | max = { camra = "none" }
      |         ^^^^^
      |
      = hint: did you mean `camera`?
    === unknown-level
    error[unknown-level]: no access level is called `while-in-user`
     --> mine.toml:9:18
      |
    9 | max = { camera = "while-in-user" }
      |                  ^^^^^^^^^^^^^^^
      |
      = hint: did you mean `while-in-use`?
    === level-not-possible
    error[level-not-possible]: `contacts` is never at the level `while-in-use`
     --> mine.toml:9:20
      |
    9 | max = { contacts = "while-in-use" }
      |                    ^^^^^^^^^^^^^^
      |
      = hint: write one of `denied`, `none`, `limited`, `always`
    === unknown-check
    error[unknown-check]: no check is called `screen-locks`
     --> mine.toml:8:10
      |
    8 | device = "screen-locks"
      |          ^^^^^^^^^^^^^^
      |
      = hint: did you mean `screen-lock`?
    === check-not-for-device
    error[check-not-for-device]: `app-presence` is not a property of the phone
     --> mine.toml:8:10
      |
    8 | device = "app-presence"
      |          ^^^^^^^^^^^^^^
      |
      = hint: write a rule on apps, with `apps` and `max`, `presence` or `source`
    === value-not-possible
    error[value-not-possible]: `lock-notifications` cannot be compared with `hiden` in this way
     --> mine.toml:9:6
      |
    9 | is = "hiden"
      |      ^^^^^^^
      |
      = hint: write one of `hidden`, `shown`
    === number-out-of-range
    error[number-out-of-range]: `0` is out of range
     --> mine.toml:9:15
      |
    9 | unused_days = 0
      |               ^
      |
      = hint: from 1 to 3650
    === missing-language
    error[missing-language]: the French text of `title` is missing
     --> mine.toml:3:9
      |
    3 | title = { en = "Mine" }
      |         ^^^^^^^^^^^^^^^
    === empty-text
    error[empty-text]: `title` says nothing
     --> mine.toml:3:29
      |
    3 | title = { en = "Mine", fr = " " }
      |                             ^^^
    === unknown-reference
    error[unknown-reference]: the reference `cisa-mcpb` is in no registry
      --> mine.toml:10:9
       |
    10 | refs = ["cisa-mcpb", "iso:27001"]
       |         ^^^^^^^^^^^
       |
       = hint: did you mean `cisa-mcbp`?

    error[unknown-reference]: the reference `iso:27001` is in no registry
      --> mine.toml:10:22
       |
    10 | refs = ["cisa-mcpb", "iso:27001"]
       |                      ^^^^^^^^^^^
       |
       = hint: `stig:`, `cis-ios:`, `cis-android-1.3.0:` and `mscp:` take any number of their form; the others are listed in the registry
    === assertion-count
    error[assertion-count]: a rule states exactly one thing; this one states 2
      --> mine.toml:9:1
       |
     9 | presence = "absent"
       | ^^^^^^^^
    10 | max = { camera = "none" }
       | --- first here
       |
       = hint: make one rule for each of `max`, `presence`
    === comparison-count
    error[comparison-count]: a `device` rule has exactly one of `is`, `at_most`, `at_least` and `one_of`; this one has 2
      --> mine.toml:10:1
       |
    10 | at_least = 1
       | ^^^^^^^^
    === selector-character
    error[selector-character]: `,` means nothing in a selector
     --> mine.toml:8:15
      |
    8 | apps = 'tiktok, instagram'
      |               ^
      |
      = hint: join terms with `and`, `or`, `not` and parentheses
    === selector-quote
    error[selector-quote]: this quotation mark is not closed
     --> mine.toml:8:15
      |
    8 | apps = 'owner:"BIGO (JOYY)'
      |               ^^^^^^^^^^^^
    === selector-parenthesis
    error[selector-parenthesis]: this parenthesis has no partner
     --> mine.toml:8:9
      |
    8 | apps = '(tiktok or instagram'
      |         ^
    === selector-operator-expected
    error[selector-operator-expected]: `and` or `or` is missing before this
     --> mine.toml:8:16
      |
    8 | apps = 'tiktok instagram'
      |                ^^^^^^^^^
      |
      = hint: join terms with `and`, `or`, `not` and parentheses
    === selector-term-expected
    error[selector-term-expected]: a term is missing here
     --> mine.toml:8:18
      |
    8 | apps = 'tiktok or'
      |                  ^
      |
      = hint: a term is `any`, the slug of an app, `@group`, `category:`, `owner:`, `country:`, `android:` or `ios:`
    === selector-too-deep
    error[selector-too-deep]: the selector is nested too deep
     --> mine.toml:8:269
      |
    8 | ...ot not not not not not not not not not not not not not not not not not not not not any'
      |                                                                   ^^^
    === selector-too-long
    error[selector-too-long]: the selector has more than 1000 terms
     --> mine.toml:6:8
      |
    6 | ... = "@ten or @ten or @ten or @ten or @ten or @ten...@ten or @ten or @ten or @ten or @ten or @ten"
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^...^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    === selector-unknown-kind
    error[selector-unknown-kind]: `publisher:` is not a kind of term
     --> mine.toml:8:9
      |
    8 | apps = 'publisher:ByteDance or catgory:dating'
      |         ^^^^^^^^^^^^^^^^^^^
      |
      = hint: write one of `category`, `owner`, `country`, `android`, `ios`

    error[selector-unknown-kind]: `catgory:` is not a kind of term
     --> mine.toml:8:32
      |
    8 | apps = 'publisher:ByteDance or catgory:dating'
      |                                ^^^^^^^^^^^^^^
      |
      = hint: did you mean `category`?
    === selector-matches-nothing
    error[selector-matches-nothing]: `tictok` matches no app of the catalogue
     --> mine.toml:8:9
      |
    8 | apps = 'tictok or owner:Bytedanse or country:XX or android:com.zhiliaoapp.musicaly'
      |         ^^^^^^
      |
      = hint: did you mean `tiktok`?

    error[selector-matches-nothing]: `owner:Bytedanse` matches no app of the catalogue
     --> mine.toml:8:19
      |
    8 | apps = 'tictok or owner:Bytedanse or country:XX or android:com.zhiliaoapp.musicaly'
      |                   ^^^^^^^^^^^^^^^
      |
      = hint: did you mean `owner:ByteDance`?

    error[selector-matches-nothing]: `country:XX` matches no app of the catalogue
     --> mine.toml:8:38
      |
    8 | apps = 'tictok or owner:Bytedanse or country:XX or android:com.zhiliaoapp.musicaly'
      |                                      ^^^^^^^^^^
      |
      = hint: `poucet apps search` finds the words of the catalogue

    error[selector-matches-nothing]: `android:com.zhiliaoapp.musicaly` matches no app of the catalogue
     --> mine.toml:8:52
      |
    8 | apps = 'tictok or owner:Bytedanse or country:XX or android:com.zhiliaoapp.musicaly'
      |                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: did you mean `android:com.zhiliaoapp.musically`?
    === empty-selection
    error[empty-selection]: these terms together select no app
     --> mine.toml:8:9
      |
    8 | apps = 'tiktok and category:dating'
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
    === unknown-group
    error[unknown-group]: no group is called `@stay`
     --> mine.toml:8:9
      |
    8 | apps = "@stay"
      |         ^^^^^
      |
      = hint: did you mean `@stays`?
    === group-cycle
    error[group-cycle]: `@b` is defined by itself
     --> mine.toml:5:16
      |
    5 | a = "tiktok or @b"
      |                ^^

    error[group-cycle]: `@a` is defined by itself
     --> mine.toml:6:6
      |
    6 | b = "@a"
      |      ^^
    === redefinition
    error[redefinition]: the rule `one` exists already
     --> mine.toml:5:7
      |
    5 | [rule.one]
      |       ^^^
      |
     ::: other.toml:4:7
      |
    4 | [rule.one]
      |       --- first here
      |
      = hint: to change an inherited rule, write `[override.one]`

    error[redefinition]: the group `ours` exists already
      --> mine.toml:12:1
       |
    12 | ours = "tiktok"
       | ^^^^
       |
      ::: other.toml:11:1
       |
    11 | ours = "any"
       | ---- first here
       |
       = hint: choose another name for `ours`
    === unknown-parameter
    error[unknown-parameter]: no parameter is called `aps`
     --> mine.toml:8:9
      |
    8 | apps = "{aps} or tiktok"
      |         ^^^^^
      |
      = hint: did you mean `apps`?
    === parameter-value
    error[parameter-value]: `400` is not allowed for the parameter `patch_days`
     --> mine.toml:6:11
      |
    6 | default = 400
      |           ^^^
      |
      = hint: from 30 to 365

    error[parameter-value]: `ask` is not allowed for the parameter `location_limit`
     --> mine.toml:8:11
      |
    8 | default = "ask"
      |           ^^^^^
      |
      = hint: write one of `denied`, `none`
    === parameter-redefined
    error[parameter-redefined]: `max` of the inherited parameter `patch_days` cannot be changed, only its `default` can
      --> mine.toml:7:7
       |
     7 | max = 900
       |       ^^^
       |
      ::: profiles/base.toml:11:9
       |
    11 | [params.patch_days]
       |         ---------- first here
    === unknown-rule
    error[unknown-rule]: no inherited rule is called `screenlock`
     --> mine.toml:5:11
      |
    5 | [override.screenlock]
      |           ^^^^^^^^^^
      |
      = hint: did you mean `screen-lock`?
    === override-not-possible
    error[override-not-possible]: the rule has no `level` to change
      --> mine.toml:6:9
       |
     6 | level = "none"
       |         ^^^^^^
       |
      ::: profiles/base.toml:88:7
       |
    88 | [rule.screen-lock]
       |       ----------- the rule
    === extends-cycle
    error[extends-cycle]: `mine.toml` extends itself through this
     --> other.toml:4:12
      |
    4 | extends = ["mine"]
      |            ^^^^^^
    === extends-too-deep
    error[extends-too-deep]: the profiles extend each other more than 16 deep, or are too many
     --> deep14.toml:4:12
      |
    4 | extends = ["deep15"]
      |            ^^^^^^^^
    === extends-outside
    error[extends-outside]: `../other` is not a file of the same folder
     --> mine.toml:4:12
      |
    4 | extends = ["../other"]
      |            ^^^^^^^^^^
      |
      = hint: put the file beside this one and write its name alone
    === bad-reference
    error[bad-reference]: `our policy` cannot name a reference: letters without accents, digits and `-_.:()`, 64 at most
     --> mine.toml:4:13
      |
    4 | [references."our policy"]
      |             ^^^^^^^^^^^^

    error[redefinition]: the reference `cisa-mcbp` exists already
     --> mine.toml:7:13
      |
    7 | [references."cisa-mcbp"]
      |             ^^^^^^^^^^^
      |
      = hint: cite `cisa-mcbp` as it is; a document of your own needs another id
    === setting-form
    error[setting-form]: `patch_days` is not of the form name=value
     --> --set:1:1
      |
    1 | patch_days
      | ^^^^^^^^^^
      |
      = hint: write the name of a parameter, `=` and a value, as patch_days=60

    error[setting-form]: `=3` is not of the form name=value
     --> --set:2:1
      |
    2 | =3
      | ^^
      |
      = hint: write the name of a parameter, `=` and a value, as patch_days=60
    === ambiguous-profile
    error[ambiguous-profile]: `byod` is both a profile that ships and the file `byod.toml`
     |
     = hint: rename the file, or give its path
    === version-is-number
    warning[version-is-number]: the version `2026.10` reads as a number: a spreadsheet shows `2026.10` as `2026.1`
     --> mine.toml:4:11
      |
    4 | version = "2026.10"
      |           ^^^^^^^^^
      |
      = hint: write one that is none, as `2026.10.0`
    === unreasoned-change
    warning[unreasoned-change]: this weakens the inherited rule `absent` and gives no reason
     --> mine.toml:5:9
      |
    5 | [params.scope]
      |         ^^^^^
      |
      = hint: write the reason in `[override.absent]`: because with en and fr; the report shows it beside the change

    warning[unreasoned-change]: this weakens the inherited rule `no-residue` and gives no reason
     --> mine.toml:5:9
      |
    5 | [params.scope]
      |         ^^^^^
      |
      = hint: write the reason in `[override.no-residue]`: because with en and fr; the report shows it beside the change

    warning[unreasoned-change]: this weakens the inherited rule `patched` and gives no reason
     --> mine.toml:7:11
      |
    7 | [override.patched]
      |           ^^^^^^^
      |
      = hint: write the reason in `[override.patched]`: because with en and fr; the report shows it beside the change
    "##);
}
