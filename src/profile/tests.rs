//! Tests of the whole way from files to rules: mistakes and their messages, inheritance, tailoring, the seal, the shipped profiles.

mod bounds;
mod origins;
mod own;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::catalog::Catalog;
use crate::document::diagnostic::{fill, simple_sentences};

const ENGLISH: &str = include_str!("../text/profile.en.ftl");
const FRENCH: &str = include_str!("../text/profile.fr.ftl");

/// Loads `mine.toml` among files of one folder.
fn load_files(files: &[(&str, &str)]) -> Result<Profile, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    load_from(folder.path())
}

fn load_from(folder: &Path) -> Result<Profile, ProfileErrors> {
    load(folder.join("mine.toml").to_str().unwrap(), Catalog::builtin())
}

/// The report of a failed load, with the folder's own name taken out.
fn report(result: Result<Profile, ProfileErrors>, folder: &str) -> String {
    result.err().map(|errors| errors.to_string()).unwrap_or_default().replace(folder, "").replace(['/', '\\'], "/")
}

/// The head of a profile, then some text.
fn profile(rest: &str) -> String {
    format!("format = 1\nid = \"mine\"\ntitle = {{ en = \"Mine\", fr = \"Le mien\" }}\n{rest}")
}

/// A profile of one rule, written after what every rule has.
fn rule(rest: &str) -> String {
    profile(&format!(
        "[rule.one]\ntitle = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\nseverity = \"low\"\n{rest}"
    ))
}

/// One profile with a mistake for each code; more mistakes may follow from the first.
pub(super) fn cases() -> Vec<(Code, Vec<(&'static str, String)>)> {
    let one = |code, text: String| (code, vec![("mine.toml", text)]);
    let two = |code, text: String, name, other: String| (code, vec![("mine.toml", text), (name, other)]);
    let apps = |selector: &str| rule(&format!("apps = '{selector}'\npresence = \"absent\""));
    let extending = |name: &str| profile(&format!("extends = [\"{name}\"]"));
    vec![
        // `sub.toml` is made a folder by the test.
        one(Code::UnreadableFile, extending("sub")),
        one(Code::UnknownProfile, extending("bas")),
        two(Code::FileTooLarge, extending("big"), "big.toml", "#".repeat(1024 * 1024 + 1)),
        // `binary.toml` is written by the test.
        one(Code::NotText, extending("binary")),
        one(Code::NotToml, profile("severity = \nextends = [\"base\"")),
        one(Code::UnknownFormat, profile("").replace("format = 1", "format = 2")),
        one(Code::MissingKey, "format = 1\n\n[rule.one]\npresence = \"absent\"".to_string()),
        one(Code::UnknownKey, rule("aps = \"any\"\ndevice = \"screen-lock\"\nis = true")),
        one(Code::MisplacedKey, rule("apps = \"any\"\npresence = \"absent\"\nis = true\nignore_master = true")),
        one(Code::WrongType, rule("apps = 3\npresence = \"absent\"\nrefs = \"cisa-mcbp\"\nplatform = [1]")),
        one(Code::BadId, profile("").replace("\"mine\"", "\"My profile\"")),
        one(Code::UnknownWord, rule("apps = \"any\"\npresence = \"abscent\"\nplatform = \"windows\"")),
        one(Code::UnknownPermission, rule("apps = \"any\"\nmax = { camra = \"none\" }")),
        one(Code::UnknownLevel, rule("apps = \"any\"\nmax = { camera = \"while-in-user\" }")),
        one(Code::LevelNotPossible, rule("apps = \"any\"\nmax = { contacts = \"while-in-use\" }")),
        one(Code::UnknownCheck, rule("device = \"screen-locks\"\nis = true")),
        one(Code::CheckNotForDevice, rule("device = \"app-presence\"\nis = true")),
        one(Code::ValueNotPossible, rule("device = \"lock-notifications\"\nis = \"hiden\"")),
        one(Code::NumberOutOfRange, rule("apps = \"any\"\nunused_days = 0")),
        one(Code::MissingLanguage, profile("").replace(", fr = \"Le mien\"", "")),
        one(Code::EmptyText, profile("").replace("\"Le mien\"", "\" \"")),
        one(
            Code::UnknownReference,
            rule("apps = \"any\"\npresence = \"absent\"\nrefs = [\"cisa-mcpb\", \"iso:27001\"]"),
        ),
        one(Code::AssertionCount, rule("apps = \"any\"\npresence = \"absent\"\nmax = { camera = \"none\" }")),
        one(Code::ComparisonCount, rule("device = \"os-updates\"\nat_most = 90\nat_least = 1")),
        one(Code::SelectorCharacter, apps("tiktok, instagram")),
        one(Code::SelectorQuote, apps("owner:\"BIGO (JOYY)")),
        one(Code::SelectorParenthesis, apps("(tiktok or instagram")),
        one(Code::SelectorOperatorExpected, apps("tiktok instagram")),
        one(Code::SelectorTermExpected, apps("tiktok or")),
        one(Code::SelectorTooDeep, apps(&format!("{}any", "not ".repeat(70)))),
        one(
            Code::SelectorTooLong,
            profile(&format!(
                "[groups]\nten = \"{}\"\nmany = \"{}\"",
                ["any"; 10].join(" or "),
                ["@ten"; 101].join(" or ")
            )),
        ),
        one(Code::SelectorUnknownKind, apps("publisher:ByteDance or catgory:dating")),
        one(
            Code::SelectorMatchesNothing,
            apps("tictok or owner:Bytedanse or country:XX or android:com.zhiliaoapp.musicaly"),
        ),
        one(Code::EmptySelection, apps("tiktok and category:dating")),
        one(Code::UnknownGroup, rule("apps = \"@stay\"\npresence = \"absent\"\n[groups]\nstays = \"tiktok\"")),
        one(Code::GroupCycle, profile("[groups]\na = \"tiktok or @b\"\nb = \"@a\"")),
        two(
            Code::Redefinition,
            rule("apps = \"any\"\npresence = \"absent\"\n[groups]\nours = \"tiktok\"")
                .replace("[rule.one]", "extends = [\"other\"]\n[rule.one]"),
            "other.toml",
            rule("apps = \"any\"\npresence = \"absent\"\n[groups]\nours = \"any\""),
        ),
        one(
            Code::UnknownParameter,
            rule("apps = \"{aps} or tiktok\"\npresence = \"absent\"\n[params.apps]\ndefault = \"any\""),
        ),
        one(
            Code::ParameterValue,
            profile(
                "extends = [\"base\", \"location-off\"]\n[params.patch_days]\ndefault = 400\n[params.location_limit]\ndefault = \"ask\"",
            ),
        ),
        one(Code::ParameterRedefined, profile("extends = [\"base\"]\n[params.patch_days]\ndefault = 90\nmax = 900")),
        one(Code::UnknownRule, profile("extends = [\"base\"]\n[override.screenlock]\nseverity = \"low\"")),
        one(Code::OverrideNotPossible, profile("extends = [\"base\"]\n[override.screen-lock]\nlevel = \"none\"")),
        two(
            Code::ExtendsCycle,
            extending("other"),
            "other.toml",
            extending("mine").replace("\"mine\"\n", "\"other\"\n"),
        ),
        // A chain of twenty files is written by the test.
        one(Code::ExtendsTooDeep, extending("deep0")),
        one(Code::ExtendsOutside, extending("../other")),
        one(
            Code::BadReference,
            profile(
                "[references.\"our policy\"]\ntitle = \"Ours\"\npublisher = \"Us\"\n[references.\"cisa-mcbp\"]\ntitle = \"Theirs\"\npublisher = \"Them\"",
            ),
        ),
        // The test gives the setting.
        one(Code::SettingForm, profile("extends = [\"base\"]")),
        // The test asks for `byod` with the folder as the organization's.
        (Code::AmbiguousProfile, vec![("byod.toml", profile(""))]),
        one(Code::VersionIsNumber, profile("version = \"2026.10\"")),
        one(
            Code::UnreasonedChange,
            profile(
                "extends = [\"precautionary\"]\n[params.scope]\ndefault = \"@bytedance\"\n[override.patched]\nseverity = \"low\"",
            ),
        ),
    ]
}

/// Runs a case, and says whether its code came up.
fn run(code: Code, files: &[(&'static str, String)]) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    std::fs::create_dir(folder.path().join("sub.toml")).unwrap();
    std::fs::write(folder.path().join("binary.toml"), [0xff, 0xfe, 0x00]).unwrap();
    for step in 0..20 {
        let text = profile(&format!("extends = [\"deep{}\"]", step + 1));
        std::fs::write(folder.path().join(format!("deep{step}.toml")), text).unwrap();
    }
    let given = folder.path().display().to_string() + std::path::MAIN_SEPARATOR_STR;
    let real = folder.path().canonicalize().unwrap().display().to_string() + std::path::MAIN_SEPARATOR_STR;
    let options = Options {
        set: if code == Code::SettingForm { vec!["patch_days".to_string(), "=3".to_string()] } else { Vec::new() },
        folder: (code == Code::AmbiguousProfile).then(|| folder.path().to_path_buf()),
        ..Options::default()
    };
    let reference = if code == Code::AmbiguousProfile {
        "byod".to_string()
    } else {
        folder.path().join("mine.toml").display().to_string()
    };
    let result = load_with(&reference, Catalog::builtin(), &options);
    // Warnings are shown in the same form, and the profile judges.
    assert_eq!(result.is_ok(), code.is_warning(), "{code}");
    let result = result.and_then(|profile| profile.warnings.clone().map_or(Ok(profile), Err));
    let found = result.as_ref().err().is_some_and(|errors| errors.diagnostics().iter().any(|one| one.code() == code));
    (report(result, &real).replace(&given, ""), found)
}

/// Codes of other files than profiles; their tests stand beside the code that reads those.
const OF_OTHER_FILES: &[Code] = &[
    Code::KnownApp,
    Code::UnknownApp,
    Code::IdTaken,
    Code::BadAppId,
    Code::NoAppId,
    Code::BadCountry,
    Code::BadDate,
    Code::TooManyApps,
    Code::UnshowableText,
    Code::PathNotFound,
];

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

#[test]
fn sentences_exist_in_both_languages_with_the_same_variables() {
    let (english, french) = (simple_sentences(ENGLISH), simple_sentences(FRENCH));
    assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>());
    for (key, sentence) in &english {
        let variables = |text: &str| {
            text.split("{ $")
                .skip(1)
                .filter_map(|part| part.split_once(" }"))
                .map(|(name, _)| name.to_string())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(variables(sentence), variables(french[key]), "{key}");
        assert!(!sentence.ends_with('.') && !french[key].ends_with('.'), "{key}: no full stop");
        assert!(!french[key].contains('\'') && !french[key].contains(" :"), "{key}: {}", french[key]);
    }
    for code in Code::ALL {
        assert!(english.contains_key(code.key()), "{}", code.key());
    }
    // Every key that the code of this room uses has its sentence.
    for source in [
        include_str!("document.rs"),
        include_str!("load.rs"),
        include_str!("resolve.rs"),
        include_str!("show.rs"),
        include_str!("../document/diagnostic.rs"),
        include_str!("../document/mod.rs"),
        include_str!("../document/reader.rs"),
        include_str!("../catalog/own.rs"),
        include_str!("../config.rs"),
    ] {
        for key in source.split('"').filter(|part| part.starts_with("profile-") && part.len() > "profile-".len()) {
            assert!(english.contains_key(key), "{key}");
        }
    }
}

#[test]
fn sentences_are_fluent() {
    for text in [ENGLISH, FRENCH] {
        let parsed = fluent_bundle::FluentResource::try_new(text.to_string());
        let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        assert_eq!(resource.entries().count(), simple_sentences(text).len());
    }
}

#[test]
fn a_report_speaks_french() {
    let french = simple_sentences(FRENCH);
    let sentences = |key: &str, arguments: &[(&str, String)]| fill(french.get(key).copied().unwrap_or(key), arguments);
    let errors = load_files(&[("mine.toml", &rule("apps = \"tictok\"\npresence = \"absent\""))]).unwrap_err();
    let told = errors.render(&sentences, false);
    assert!(
        told.starts_with("erreur[selector-matches-nothing]: `tictok` ne correspond à aucune application du catalogue"),
        "{told}"
    );
    assert!(told.contains("= conseil: vouliez-vous dire `tiktok`?"), "{told}");
    assert!(errors.render(&sentences, true).contains("\u{1b}["));
    assert!(!told.contains('\u{1b}'));
}

#[test]
fn hostile_text_does_not_reach_the_terminal_as_it_is() {
    let errors =
        load_files(&[("mine.toml", &rule("apps = \"\\u001b[2Jx\"\npresence = \"a\\u001b]0;b\\u202e\""))]).unwrap_err();
    let told = errors.to_string();
    assert!(!told.contains('\u{1b}') && !told.contains('\u{202e}'), "{told}");
}

#[test]
fn a_file_full_of_mistakes_is_reported_in_bounded_form() {
    let many: String = (0..5000).map(|number| format!("key{number} = 1\n")).collect();
    let errors = load_files(&[("mine.toml", &format!("{many}{}", profile("")))]).unwrap_err();
    assert_eq!(errors.diagnostics().len(), 100);
    assert!(errors.to_string().ends_with("more mistakes are not shown\n"));
}

#[test]
fn groups_that_double_end_soon() {
    // Each line uses the one before twice: unbounded, two to the power of sixty; with a good end, an empty end and a circle.
    for end in ["any", "", "@g59"] {
        let mut text = profile(&format!("[groups]\ng0 = \"{end}\"\n"));
        for line in 1..60 {
            text.push_str(&format!("g{line} = \"@g{} or @g{}\"\n", line - 1, line - 1));
        }
        let started = std::time::Instant::now();
        assert!(load_files(&[("mine.toml", &text)]).is_err());
        assert!(started.elapsed().as_secs() < 20, "{end}");
    }
}

#[test]
fn a_mistake_in_a_very_long_line_is_named_by_line_and_column() {
    let text = rule(&format!("device = \"screen-lock\"\nis = true\nrefs = [{}]", "\"cisa-mcpb\", ".repeat(80_000)));
    let told = load_files(&[("mine.toml", &text)]).unwrap_err().to_string();
    assert!(told.contains("mine.toml:10:9\n") && told.contains("mine.toml:10:22\n"), "{told}");
    assert!(told.len() < 100_000, "{}", told.len());
}

#[test]
fn mistakes_come_sorted_by_place_and_once() {
    let text = rule("apps = \"@none\"\nmax = { camra = \"none\", contacts = \"sometimes\" }\ncolour = \"red\"");
    let errors = load_files(&[("mine.toml", &text)]).unwrap_err();
    let codes: Vec<Code> = errors.diagnostics().iter().map(Diagnostic::code).collect();
    assert_eq!(codes, [Code::UnknownGroup, Code::UnknownPermission, Code::UnknownLevel, Code::UnknownKey]);
}

#[test]
fn shipped_profiles_lint_clean_and_are_whole() {
    let ids: Vec<&str> = shipped().iter().map(|shipped| shipped.id).collect();
    assert_eq!(
        ids,
        [
            "base",
            "byod",
            "cis-android",
            "cis-ios",
            "communications-team",
            "government-of-canada",
            "high-risk",
            "location-off",
            "minors",
            "precautionary"
        ]
    );
    let mut counts = BTreeMap::new();
    for shipped in shipped() {
        let profile = load(shipped.id, Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(
            (profile.id.as_str(), &profile.title, profile.is_abstract),
            (shipped.id, &shipped.title, shipped.is_abstract)
        );
        for rule in &profile.rules {
            assert!(!rule.refs.is_empty(), "{}/{} has no reference", profile.id, rule.id);
            for text in [Some(&rule.title), Some(&rule.why), rule.fix.android.as_ref(), rule.fix.ios.as_ref()]
                .into_iter()
                .flatten()
            {
                assert!(!text.fr.contains('\'') && !text.fr.contains(" :"), "{}/{}: {}", profile.id, rule.id, text.fr);
            }
            // The text of each permission says how to change it; these kinds have no such text.
            let needs_fix = matches!(rule.assertion, Assertion::Device { .. } | Assertion::Source { .. });
            for platform in Platform::ALL.iter().filter(|one| rule.platform.is_none_or(|own| own == **one)) {
                let has_fix =
                    rule.fix_of(*platform, None, None).is_some() && rule.look_of(*platform, None, None).is_some();
                let absent = matches!(rule.assertion, Assertion::Device { check, .. }
                    if *crate::vocabulary::permissions::describe_check(check).readable.of(*platform) == crate::vocabulary::permissions::Readable::Absent);
                assert!(!needs_fix || has_fix || absent, "{}/{} on {platform} has no fix", profile.id, rule.id);
            }
        }
        counts.insert(profile.id.clone(), profile.rules.len());
    }
    let expected = [
        ("base", 8),
        ("byod", 13),
        ("cis-android", 28),
        ("cis-ios", 33),
        ("communications-team", 16),
        ("government-of-canada", 18),
        ("high-risk", 28),
        ("location-off", 14),
        ("minors", 20),
        ("precautionary", 12),
    ];
    assert_eq!(counts, expected.map(|(id, count)| (id.to_string(), count)).into());
}

#[test]
fn the_shipped_profiles_say_what_their_drafts_say() {
    let catalog = Catalog::builtin();
    let byod = load("byod", catalog).unwrap();
    assert_eq!(byod.rule("screen-lock").unwrap().severity, Severity::Critical);
    assert_eq!(byod.rule("no-control").unwrap().severity, Severity::Medium);
    assert!(byod.privacy.consent_required);
    assert_eq!(byod.privacy.collect, Collect::CatalogueOnly);
    assert!(byod.privacy.hides(&AppView::installed(catalog, Platform::Android, "com.tinder")));
    let contacts = byod.rule("contacts").unwrap();
    assert!(!contacts.apps.as_ref().unwrap().matches(&AppView::installed(catalog, Platform::Android, "com.whatsapp")));
    assert_eq!(contacts.assertion.max_level(Permission::Contacts, Platform::Ios), Some(Level::Limited));
    let patched = &byod.rule("patched").unwrap().assertion;
    assert_eq!(*patched, Assertion::Device { check: Check::OsUpdates, expected: Expected::AtMost(90) });
    let weaker: Vec<&Tailored> = byod.tailored.iter().filter(|change| change.looser).collect();
    assert_eq!(weaker.len(), 1);
    assert_eq!((weaker[0].rule.as_str(), weaker[0].profile.as_str()), ("no-control", "byod"));
    assert!(weaker[0].because.is_some());

    let off = load("location-off", catalog).unwrap();
    let own = off.rule("location-own-switch").unwrap();
    assert!(own.ignore_master);
    assert_eq!(own.assertion.max_level(Permission::Location, Platform::Android), Some(Level::None));
    let texts = off.rule("no-reading-texts").unwrap().apps.as_ref().unwrap();
    assert!(!texts.matches(&AppView::installed(catalog, Platform::Android, "com.google.android.apps.messaging")));

    let none = load("precautionary", catalog).unwrap();
    let absent = none.rule("absent").unwrap().apps.as_ref().unwrap();
    assert!(absent.catalogue_slugs().contains("tiktok") && !absent.catalogue_slugs().contains("slack"));
    assert_eq!(none.rule("enforced").unwrap().applies_for.as_deref(), Some("ownership:institution"));
    assert_eq!(
        none.rule("no-residue").unwrap().assertion,
        Assertion::Presence { at_most: Presence::Absent, residue: true }
    );
}

#[test]
fn rules_on_social_apps_leave_assistants_alone_and_a_profile_may_take_them_in() {
    let catalog = Catalog::builtin();
    let assistant = AppView::installed(catalog, Platform::Android, "com.openai.chatgpt");
    for id in shipped().iter().map(|shipped| shipped.id) {
        let profile = load(id, catalog).unwrap();
        let covers = |rule: &&Rule| rule.apps.as_ref().is_some_and(|apps| apps.matches(&assistant));
        for rule in profile.rules.iter().filter(covers) {
            // Of the rules that ship, only those on every listed app.
            let any = ["store-only", "no-location", "nothing-private", "photo-places", "personal-vpn", "no-vpn"];
            assert!(any.contains(&rule.id.as_str()), "{id}: {}", rule.id);
            assert!(!rule.title.of(crate::text::Language::En).contains("social"), "{id}: {}", rule.id);
            assert!(!rule.title.of(crate::text::Language::Fr).contains("social"), "{id}: {}", rule.id);
        }
    }
    let canada = load("government-of-canada", catalog).unwrap();
    let named = canada.rule("deepseek").unwrap().apps.as_ref().unwrap();
    for platform in Platform::ALL {
        assert!(named.matches(&AppView::installed(catalog, *platform, "com.deepseek.chat")), "{platform}");
    }
    let wide = rule("apps = \"@social or @assistants\"\nmax = { contacts = \"none\" }");
    let wide = wide.replace("[rule.one]", "extends = [\"base\"]\n[rule.one]");
    let wide = load_files(&[("mine.toml", &wide)]).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(wide.rule("one").unwrap().apps.as_ref().unwrap().matches(&assistant));
}

#[test]
fn parents_come_left_to_right_and_a_diamond_once() {
    let severity = |parents: &str| {
        let files = [
            ("left.toml", profile("extends = [\"base\"]\n[override.patched]\nseverity = \"low\"")),
            ("right.toml", profile("extends = [\"base\"]\n[override.patched]\nseverity = \"medium\"")),
            ("mine.toml", profile(&format!("extends = [{parents}]"))),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        load_files(&files).unwrap_or_else(|errors| panic!("{errors}")).rule("patched").unwrap().severity
    };
    assert_eq!(severity("\"left\", \"right\""), Severity::Medium);
    assert_eq!(severity("\"right\", \"left\""), Severity::Low);
    // `base` is met first through `left`, so its override stands although `base` is named again.
    assert_eq!(severity("\"left\", \"base\""), Severity::Low);
}

#[test]
fn overrides_parameters_and_off() {
    let text = profile(
        "extends = [\"location-off\"]\n\
         [params.location_limit]\ndefault = \"denied\"\n\
         [override.indirect-location]\nseverity = \"high\"\nmax = { nearby-devices = \"always\" }\n\
         [override.patched]\nparams = { patch_days = 30 }\n\
         [override.scanning-off]\noff = true\nbecause = { en = \"Needed for maps\", fr = \"Nécessaire aux cartes\" }",
    );
    let mine = load_files(&[("mine.toml", &text)]).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(
        mine.rule("location").unwrap().assertion.max_level(Permission::Location, Platform::Android),
        Some(Level::Denied)
    );
    let indirect = mine.rule("indirect-location").unwrap();
    assert_eq!(indirect.severity, Severity::High);
    assert_eq!(indirect.assertion.max_level(Permission::NearbyDevices, Platform::Android), Some(Level::Always));
    assert_eq!(indirect.assertion.max_level(Permission::LocalNetwork, Platform::Android), Some(Level::None));
    let Assertion::Device { expected, .. } = &mine.rule("patched").unwrap().assertion else { panic!() };
    assert_eq!(*expected, Expected::AtMost(30));
    assert!(mine.rule("scanning-off").is_none());
    let looser: Vec<(&str, &Change)> = mine
        .tailored
        .iter()
        .filter(|change| change.looser)
        .map(|change| (change.rule.as_str(), &change.change))
        .collect();
    assert_eq!(looser.len(), 2, "{looser:?}");
    assert!(matches!(looser[0], ("indirect-location", Change::Level { permission: Permission::NearbyDevices, .. })));
    assert!(matches!(looser[1], ("scanning-off", Change::Off)));
    assert!(mine.tailored.iter().any(|change| change.rule == "location" && !change.looser));
}

#[test]
fn a_narrowed_scope_is_listed_as_weaker() {
    let text = profile("extends = [\"precautionary\"]\n[params.scope]\ndefault = \"@bytedance\"");
    let mine = load_files(&[("mine.toml", &text)]).unwrap_or_else(|errors| panic!("{errors}"));
    let change = mine.tailored.iter().find(|change| change.rule == "absent").unwrap();
    let Change::Apps { removed, .. } = &change.change else { panic!("{change:?}") };
    assert!(change.looser && removed.contains("facebook") && !removed.contains("tiktok"));
    assert_eq!(mine.rule("absent").unwrap().apps.as_ref().unwrap().to_string(), "owner:ByteDance");
}

#[test]
fn the_seal_follows_the_content_and_nothing_else() {
    let text = rule("apps = \"tiktok or instagram\"\npresence = \"absent\"");
    let seal = |text: &str| load_files(&[("mine.toml", text)]).unwrap_or_else(|errors| panic!("{errors}")).sha256;
    let sealed = seal(&text);
    assert_eq!(sealed, "0f64debaf270da6ca140c30636a3dfa0f8107044db3012cc6ab07a5e20b1bec2");
    assert_eq!(seal(&text.replace("format = 1", "# a remark\nformat   =   1")), sealed);
    assert_eq!(seal(&text.replace("tiktok or instagram", "(tiktok) or ((instagram))")), sealed);
    assert_ne!(seal(&text.replace("instagram", "facebook")), sealed);
    assert_ne!(seal(&text.replace("severity = \"low\"", "severity = \"high\"")), sealed);
    assert_ne!(seal(&text.replace("\"Donc\"", "\"Alors\"")), sealed);
    // What is inherited counts: the same child of another parent is another profile.
    let child = profile("extends = [\"parent\"]");
    let parent = |severity: &str| text.replace("\"low\"", &format!("\"{severity}\""));
    let of = |severity: &str| load_files(&[("mine.toml", &child), ("parent.toml", &parent(severity))]).unwrap().sha256;
    assert_ne!(of("low"), of("high"));
}

#[test]
fn on_ios_unused_days_manual_and_sources() {
    let text = profile(
        "[rule.camera]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\napps = \"any\"\n\
         max = { camera = \"ask\", sms = \"allowed\" }\non_ios = { camera = \"while-in-use\" }\n\
         [rule.unused]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\napps = \"category:{kind}\"\n\
         unused_days = 90\n\
         [rule.look]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"info\"\n\
         manual = { en = \"Look\", fr = \"Regarder\" }\nfootprint = true\n\
         [rule.age]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\ndevice = \"lock-delay\"\none_of = [30, 60]\n\
         [params.kind]\ndefault = \"dating\"",
    );
    let mine = load_files(&[("mine.toml", &text)]).unwrap_or_else(|errors| panic!("{errors}"));
    let camera = &mine.rule("camera").unwrap().assertion;
    assert_eq!(camera.max_level(Permission::Camera, Platform::Android), Some(Level::Ask));
    assert_eq!(camera.max_level(Permission::Camera, Platform::Ios), Some(Level::WhileInUse));
    assert_eq!(camera.max_level(Permission::Sms, Platform::Ios), Some(Level::Always));
    assert_eq!(camera.max_level(Permission::Contacts, Platform::Ios), None);
    let unused = mine.rule("unused").unwrap();
    assert_eq!(unused.assertion, Assertion::UnusedDays { at_most: 90 });
    assert!(unused.apps.as_ref().unwrap().catalogue_slugs().contains("tinder"));
    assert!(mine.rule("look").unwrap().footprint);
    let ids: Vec<&str> = mine.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["age", "camera", "look", "unused"]);
}

#[test]
fn the_platform_of_a_profile_holds_for_its_own_rules_only() {
    let text = rule("device = \"screen-lock\"\nis = true")
        .replace("[rule.one]", "platform = \"ios\"\nextends = [\"base\"]\n[rule.one]");
    let mine = load_files(&[("mine.toml", &text)]).unwrap();
    assert_eq!(mine.rule("one").unwrap().platform, Some(Platform::Ios));
    assert_eq!(mine.rule("patched").unwrap().platform, None);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let (outside, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("secret.toml"), profile("")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.toml"), folder.path().join("ours.toml")).unwrap();
    std::fs::write(folder.path().join("mine.toml"), profile("extends = [\"ours\"]")).unwrap();
    let errors = load_from(folder.path()).unwrap_err();
    assert_eq!(errors.diagnostics()[0].code(), Code::ExtendsOutside);
}

#[test]
fn an_unknown_name_is_told_without_a_file() {
    let told = load("bydo", Catalog::builtin()).unwrap_err().to_string();
    assert_eq!(told, "error[unknown-profile]: no profile is called `bydo`\n |\n = hint: did you mean `byod`?\n");
}

#[test]
fn the_examples_of_the_documentation_load() {
    let text = include_str!("../../docs/profiles.md");
    let examples: Vec<&str> =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(example, _)| example).collect();
    let whole: Vec<&str> = examples.iter().filter(|example| example.contains("format")).copied().collect();
    assert!(!whole.is_empty());
    for example in whole {
        if let Err(errors) = load_files(&[("mine.toml", example)]) {
            panic!("{errors}");
        }
    }
    for code in Code::ALL.iter().filter(|code| !OF_OTHER_FILES.contains(code)) {
        assert!(text.contains(&format!("`{code}`")), "docs/profiles.md does not name {code}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever a file holds, the reader answers, and every place it names lies in the file.
    #[test]
    fn never_panics(cut in 0_usize..6000, noise in "[\\PC\n\"={}\\[\\].]{0,12}") {
        let base = include_str!("../../profiles/location-off.toml");
        let at = (0..=cut.min(base.len())).rev().find(|at| base.is_char_boundary(*at)).unwrap();
        let (before, after) = base.split_at(at);
        let text = format!("{before}{noise}{after}");
        if let Err(errors) = load_files(&[("mine.toml", &text)]) {
            assert!(!errors.to_string().is_empty());
        }
    }
}
