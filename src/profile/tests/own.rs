//! What an organization adds: values from the command line, a folder of profiles, groups, references.

use super::*;

/// Loads `mine.toml` with some settings.
fn set(text: &str, settings: &[&str]) -> Result<Profile, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let options = Options { set: settings.iter().map(|one| one.to_string()).collect(), ..Options::default() };
    load_with(folder.path().join("mine.toml").to_str().unwrap(), Catalog::builtin(), &options)
}

#[test]
fn a_setting_takes_the_place_of_every_value_in_files() {
    let catalog = Catalog::builtin();
    let options = |set: &[&str]| Options { set: set.iter().map(|one| one.to_string()).collect(), ..Options::default() };
    let plain = load("byod", catalog).unwrap();
    let with = load_with("byod", catalog, &options(&["patch_days=60", "patch_days=45"])).unwrap();
    let limit =
        |profile: &Profile| -> Assertion { profile.rule("patched").map(|rule| rule.assertion.clone()).unwrap() };
    assert_eq!(
        limit(&plain),
        Assertion::Device(kind::Device { check: Check::OsUpdates, expected: Expected::AtMost(90) })
    );
    assert_eq!(
        limit(&with),
        Assertion::Device(kind::Device { check: Check::OsUpdates, expected: Expected::AtMost(45) })
    );
    assert_ne!(plain.sha256, with.sha256);
    assert_eq!(with.set, BTreeMap::from([("patch_days".to_string(), "45".to_string())]));
    assert!(plain.set.is_empty());
    let changes: Vec<&Tailored> = with.tailored.iter().filter(|change| change.profile == "--set").collect();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].parent.as_str(), changes[0].rule.as_str(), changes[0].looser), ("byod", "patched", false));
    assert_eq!(changes[0].change, Change::Expected { from: Expected::AtMost(90), to: Expected::AtMost(45) });
    // What the profile itself changes is told as before.
    let others: Vec<&Tailored> = with.tailored.iter().filter(|change| change.profile != "--set").collect();
    assert_eq!(others, plain.tailored.iter().collect::<Vec<_>>());
    let looser = load_with("byod", catalog, &options(&["patch_days=180"])).unwrap();
    assert!(
        looser.tailored.iter().any(|change| change.profile == "--set" && change.looser && change.because.is_none())
    );
    // Setting what is already so changes nothing, and seals the same.
    let same = load_with("byod", catalog, &options(&["patch_days=90"])).unwrap();
    assert_eq!((&same.sha256, &same.tailored), (&plain.sha256, &plain.tailored));
}

#[test]
fn a_setting_is_read_by_the_kind_of_its_parameter() {
    let text = rule("apps = \"{which}\"\nmax = { location = \"{limit}\" }")
        + "\n[rule.two]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"{weight}\"\n\
           device = \"screen-lock\"\nis = \"{lock}\"\n\
           [params.which]\ntype = \"selector\"\ndefault = \"any\"\n[params.limit]\ntype = \"level\"\ndefault = \"none\"\n\
           [params.weight]\ndefault = \"low\"\n[params.lock]\ndefault = true";
    let mine = set(&text, &["which=tiktok or instagram", "limit=while-in-use", "weight=high", "lock=false"])
        .unwrap_or_else(|errors| panic!("{errors}"));
    let one = mine.rule("one").unwrap();
    assert_eq!(one.apps.as_ref().unwrap().to_string(), "tiktok or instagram");
    assert_eq!(one.assertion.max_level(Permission::Location, Platform::Ios), Some(Level::WhileInUse));
    let two = mine.rule("two").unwrap();
    assert_eq!(two.severity, Severity::High);
    assert_eq!(
        two.assertion,
        Assertion::Device(kind::Device { check: Check::ScreenLock, expected: Expected::Is(Value::Bool(false)) })
    );
    // The place of what changed is the setting.
    let origin = &mine.origins.rules["one"].levels[&Permission::Location];
    assert_eq!((origin.profile.as_str(), origin.file.as_str(), origin.line), ("--set", "--set", 2));
    assert_eq!(origin.parameter.as_deref(), Some("limit"));
    assert_eq!(origin.before, Some(Before { value: "none".to_string(), profile: "mine".to_string() }));
}

#[test]
fn mistakes_in_settings_are_shown_like_all_others() {
    let text = profile(
        "extends = [\"location-off\", \"precautionary\"]\n[params.flag]\ndefault = true\n[params.wide]\ntype = \"level\"\ndefault = \"none\"",
    );
    let settings = [
        "patch_day=60",
        "patch_days=400",
        "patch_days=many",
        "location_limit=ask",
        "scope=tictok",
        "scope=tiktok and",
        "flag=yes",
        "wide=open",
        "patch_days",
    ];
    let mut told = String::new();
    for setting in settings {
        told.push_str(&set(&text, &[setting]).unwrap_err().to_string());
    }
    insta::assert_snapshot!(told, @r##"
    error[unknown-parameter]: no parameter is called `patch_day`
     --> --set:1:1
      |
    1 | patch_day=60
      | ^^^^^^^^^
      |
      = hint: did you mean `patch_days`?
    error[parameter-value]: `400` is not allowed for the parameter `patch_days`
     --> --set:1:12
      |
    1 | patch_days=400
      |            ^^^
      |
      = hint: from 30 to 365
    error[parameter-value]: `many` is not allowed for the parameter `patch_days`
     --> --set:1:12
      |
    1 | patch_days=many
      |            ^^^^
      |
      = hint: this parameter is a whole number
    error[parameter-value]: `ask` is not allowed for the parameter `location_limit`
     --> --set:1:16
      |
    1 | location_limit=ask
      |                ^^^
      |
      = hint: write one of `denied`, `none`
    error[selector-matches-nothing]: `tictok` matches no app of the catalogue
     --> --set:1:7
      |
    1 | scope=tictok
      |       ^^^^^^
      |
      = hint: did you mean `tiktok`?
    error[selector-term-expected]: a term is missing here
     --> --set:1:17
      |
    1 | scope=tiktok and
      |                 ^
      |
      = hint: a term is `any`, the slug of an app, `@group`, `category:`, `owner:`, `country:`, `android:` or `ios:`
    error[parameter-value]: `yes` is not allowed for the parameter `flag`
     --> --set:1:6
      |
    1 | flag=yes
      |      ^^^
      |
      = hint: compare with `true` or `false`
    error[parameter-value]: `open` is not allowed for the parameter `wide`
     --> --set:1:6
      |
    1 | wide=open
      |      ^^^^
      |
      = hint: this parameter is an access level
    error[setting-form]: `patch_days` is not of the form name=value
     --> --set:1:1
      |
    1 | patch_days
      | ^^^^^^^^^^
      |
      = hint: write the name of a parameter, `=` and a value, as patch_days=60
    "##);
    // All at once, each on a line of its own.
    let all = set(&text, &["patch_days=400", "nothing=1", "flag=maybe"]).unwrap_err().to_string();
    assert!(all.contains("--set:1:12") && all.contains("--set:2:1") && all.contains("--set:3:6"), "{all}");
    // Hostile text stays text.
    let hostile = set(&text, &["flag=\u{1b}[2J"]).unwrap_err().to_string();
    assert!(!hostile.contains('\u{1b}'), "{hostile}");
}

#[test]
fn a_folder_of_profiles_is_looked_up_by_id() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("ours.toml", &profile("extends = [\"common\", \"location-off\"]").replace("mine", "ours"));
    write(
        "common.toml",
        &rule("apps = \"any\"\npresence = \"absent\"").replace("\"mine\"", "\"common\"\nabstract = true"),
    );
    write("broken.toml", "format = 1\ncolour = 3");
    write("not-toml.toml", "[[[");
    write("readme.md", "nothing");
    std::fs::create_dir(folder.path().join("sub.toml")).unwrap();
    let options = Options { folder: Some(folder.path().to_path_buf()), ..Options::default() };
    let ours = load_with("ours", Catalog::builtin(), &options).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(ours.rule("one").is_some() && ours.rule("location").is_some());
    assert_eq!(text_of("ours", &options).unwrap(), std::fs::read_to_string(folder.path().join("ours.toml")).unwrap());
    // Shipped ones are found as before, and an unknown one is compared with the files too.
    assert_eq!(load_with("byod", Catalog::builtin(), &options).unwrap().id, "byod");
    let told = load_with("ourz", Catalog::builtin(), &options).unwrap_err().to_string();
    assert!(told.contains("did you mean `ours`?"), "{told}");
    assert!(load("ours", Catalog::builtin()).is_err());
    for outside in ["../ours", "", "..", "ours/../ours"] {
        assert!(load_with(outside, Catalog::builtin(), &options).is_err(), "{outside}");
    }
    let listed: Vec<(String, bool, bool, bool)> = in_folder(folder.path())
        .into_iter()
        .map(|one| (one.id, one.is_abstract, one.is_broken, one.is_ambiguous))
        .collect();
    let expected = [
        ("broken", false, true, false),
        ("common", true, false, false),
        ("not-toml", false, true, false),
        ("ours", false, false, false),
    ];
    assert_eq!(listed, expected.map(|(id, a, b, c)| (id.to_string(), a, b, c)));
    // A second `byod` would leave it open by which of them a phone was judged.
    write("byod.toml", &profile(""));
    let told = load_with("byod", Catalog::builtin(), &options).unwrap_err();
    assert_eq!(told.diagnostics()[0].code(), Code::AmbiguousProfile);
    assert!(in_folder(folder.path()).iter().any(|one| one.id == "byod" && one.is_ambiguous));
    assert!(in_folder(&folder.path().join("nowhere")).is_empty());
}

#[test]
fn a_folder_of_many_files_is_listed_in_part() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..MOST_LISTED + 50 {
        std::fs::write(folder.path().join(format!("p{number:04}.toml")), profile("")).unwrap();
    }
    let listed = in_folder(folder.path());
    assert_eq!(listed.len(), MOST_LISTED);
    assert!(listed.is_sorted_by_key(|one| one.id.clone()) && listed.iter().all(|one| one.title.en == "Mine"));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_organizations_folder_is_refused() {
    let (outside, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("secret.toml"), profile("")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.toml"), folder.path().join("ours.toml")).unwrap();
    let options = Options { folder: Some(folder.path().to_path_buf()), ..Options::default() };
    let errors = load_with("ours", Catalog::builtin(), &options).unwrap_err();
    assert_eq!(errors.diagnostics()[0].code(), Code::ExtendsOutside);
    assert!(text_of("ours", &options).is_err());
    assert!(in_folder(folder.path()).is_empty());
}

/// Loads `mine.toml` with the groups of an organization.
fn grouped(text: &str, groups: &[(&str, &str)]) -> Result<Profile, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let groups = groups.iter().map(|(name, selector)| (name.to_string(), selector.to_string())).collect();
    let options = Options { groups: OwnGroups::of("groups.toml", &groups), ..Options::default() };
    let result = load_with(folder.path().join("mine.toml").to_str().unwrap(), Catalog::builtin(), &options);
    let real = folder.path().display().to_string() + "/";
    // The name of the folder would differ on each run.
    result.inspect_err(|errors| assert!(errors.to_string().replace(&real, "").contains("groups.toml")))
}

#[test]
fn groups_of_the_organization_are_usable_in_every_profile() {
    let text = rule("apps = \"@agreed and not @more\"\npresence = \"absent\"");
    let mine = grouped(&text, &[("agreed", "tiktok or @more"), ("more", "instagram")]).unwrap();
    let slugs = mine.rule("one").unwrap().apps.as_ref().unwrap().catalogue_slugs().clone();
    assert_eq!(slugs, BTreeSet::from(["tiktok".to_string()]));

    let told = grouped(&text, &[("agreed", "tictok"), ("more", "instagram or")]).unwrap_err().to_string();
    assert!(told.contains("groups.toml:1:11") && told.contains("did you mean `tiktok`?"), "{told}");
    assert!(told.contains("groups.toml:2:21") && told.contains("a term is missing here"), "{told}");

    // The same name in a profile: an error that shows both places.
    let twice = text + "\n[groups]\nmore = \"any\"";
    let told = grouped(&twice, &[("agreed", "tiktok"), ("more", "instagram")]).unwrap_err();
    assert_eq!(told.diagnostics()[0].code(), Code::Redefinition);
    let told = told.to_string();
    assert!(told.contains("mine.toml:11:1") && told.contains("groups.toml:2:1"), "{told}");
    assert!(told.contains("first here") && told.contains("choose another name for `more`"), "{told}");
}

#[test]
fn own_references_are_cited_by_the_profile_and_its_children() {
    let parent = rule("apps = \"any\"\npresence = \"absent\"\nrefs = [\"our-policy:4.2\", \"cisa-mcbp\"]")
        + "\n[references]\n\"our-policy:4.2\" = { title = \"Politique de sécurité\", publisher = \"Ville\", edition = \"3\", date = \"2026-02\" }\n\
           \"our-guide\" = { title = { en = \"Guide\", fr = \"Guide à l’usage\" }, publisher = \"Ville\" }";
    let child = profile(
        "extends = [\"parent\"]\n[rule.two]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\n\
         device = \"screen-lock\"\nis = true\nrefs = [\"our-guide\"]",
    );
    let mine =
        load_files(&[("mine.toml", &child), ("parent.toml", &parent)]).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(mine.rule("two").unwrap().refs, ["our-guide"]);
    let policy = &mine.references["our-policy:4.2"];
    assert_eq!((policy.title.fr.as_str(), policy.publisher.as_str()), ("Politique de sécurité", "Ville"));
    assert_eq!((policy.edition.as_deref(), policy.date.as_deref()), (Some("3"), Some("2026-02")));
    assert_eq!(mine.references["our-guide"].title.fr, "Guide à l’usage");
    assert!(mine.canonical_json().contains("Politique de sécurité"));

    let twice =
        child.replace("[rule.two]", "[references]\nour-guide = { title = \"X\", publisher = \"Y\" }\n[rule.two]");
    let told = load_files(&[("mine.toml", &twice), ("parent.toml", &parent)]).unwrap_err().to_string();
    assert!(told.contains("the reference `our-guide` exists already") && told.contains("first here"), "{told}");
    let taken = profile(
        "[references.\"stig:GOOG-{os}-006500\"]\ntitle = \"X\"\npublisher = \"Y\"\n[references.\"cis-ios:4.1.1\"]\ntitle = \"X\"",
    );
    let told = load_files(&[("mine.toml", &taken)]).unwrap_err().to_string();
    assert!(told.contains("error[bad-reference]: `stig:GOOG-{os}-006500`"), "{told}");
    assert!(
        told.contains("the reference `cis-ios:4.1.1` exists already") && told.contains("cite `cis-ios:4.1.1` as it is"),
        "{told}"
    );
    assert!(told.contains("`publisher` is missing"), "{told}");
    let near = parent.replace("refs = [\"our-policy:4.2\"", "refs = [\"our-polcy:4.2\"");
    let told = load_files(&[("mine.toml", &near)]).unwrap_err().to_string();
    assert!(told.contains("did you mean `our-policy:4.2`?"), "{told}");
}

#[test]
fn a_weakened_rule_without_a_reason_is_a_warning() {
    let weak = profile("extends = [\"base\"]\n[override.patched]\nseverity = \"low\"");
    let mine = load_files(&[("mine.toml", &weak)]).unwrap();
    let warnings = mine.warnings.as_ref().unwrap();
    assert_eq!(warnings.diagnostics().len(), 1);
    assert!(warnings.to_string().starts_with("warning[unreasoned-change]: "), "{warnings}");
    let reason = weak + "\nbecause = { en = \"Old phones\", fr = \"Vieux appareils\" }";
    assert_eq!(load_files(&[("mine.toml", &reason)]).unwrap().warnings, None);
    let stricter = profile("extends = [\"base\"]\n[override.patched]\nseverity = \"critical\"");
    assert_eq!(load_files(&[("mine.toml", &stricter)]).unwrap().warnings, None);
    // A parameter weakens as well, and an override without a change carries its reason.
    let scope = profile("extends = [\"precautionary\"]\n[params.scope]\ndefault = \"@bytedance\"");
    let told = load_files(&[("mine.toml", &scope)]).unwrap().warnings.unwrap().to_string();
    assert!(told.contains("mine.toml:5:9") && told.contains("`absent`") && told.contains("`no-residue`"), "{told}");
    let because = "because = { en = \"The ban\", fr = \"L’interdiction\" }";
    let reasons = format!("{scope}\n[override.absent]\n{because}\n[override.no-residue]\n{because}");
    assert_eq!(load_files(&[("mine.toml", &reasons)]).unwrap().warnings, None);
    for shipped in shipped() {
        assert_eq!(load(shipped.id, Catalog::builtin()).unwrap().warnings, None, "{}", shipped.id);
    }
}

#[test]
fn the_default_sms_app_is_compared_with_ids() {
    let of = |value: &str| load_files(&[("mine.toml", &rule(&format!("device = \"default-sms\"\n{value}")))]);
    let expected = |value: &str| match of(value).unwrap().rule("one").unwrap().assertion.clone() {
        Assertion::Device(kind::Device { expected, .. }) => expected,
        other => panic!("{other:?}"),
    };
    let id = |id: &str| Value::Text(id.to_string());
    assert_eq!(
        expected("is = \"com.google.android.apps.messaging\""),
        Expected::Is(id("com.google.android.apps.messaging"))
    );
    assert_eq!(
        expected("one_of = [\"com.android.mms\", \"com.samsung.android.messaging\"]"),
        Expected::OneOf(vec![id("com.android.mms"), id("com.samsung.android.messaging")])
    );
    for wrong in ["is = true", "is = \"Messages\"", "is = \"com..x\"", "is = \"com.x*\"", "at_most = \"a.b\"", "is = 3"]
    {
        let told = of(wrong).unwrap_err();
        assert_eq!(told.diagnostics()[0].code(), Code::ValueNotPossible, "{told}");
        assert!(told.to_string().contains("package name or a bundle id"), "{told}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever is typed after `--set`, and wherever groups say that they stand, there is an answer.
    #[test]
    fn settings_and_groups_never_panic(
        settings in proptest::collection::vec("(patch_days|scope|location_limit|x)?=?[\\PC\n@{}]{0,12}", 0..4),
        selector in "[@a-z() {}é\"]{0,12}",
        (start, end) in (0_usize..40, 0_usize..40),
    ) {
        let mut groups = OwnGroups::of("own.toml", &BTreeMap::from([("g".to_string(), selector)]));
        groups.groups[0].selector_at = start..end;
        let options = Options { set: settings, groups, ..Options::default() };
        if let Err(errors) = load_with("precautionary", Catalog::builtin(), &options) {
            assert!(!errors.to_string().is_empty());
        }
    }
}
