//! Where each value comes from, and the resolved profile as text.

use sha2::{Digest, Sha256};

use super::*;

fn english(key: &str, arguments: &[(&str, String)]) -> String {
    fill(simple_sentences(ENGLISH).get(key).copied().unwrap_or(key), arguments)
}

/// The line of a text, from 1, of a file that ships.
fn line(text: &str, wanted: &str) -> usize {
    text.lines().position(|line| line.contains(wanted)).unwrap() + 1
}

#[test]
fn every_value_says_who_set_it_last_and_what_it_was() {
    let grand = rule(
        "apps = \"{scope}\"\nmax = { camera = \"none\", contacts = \"{reach}\" }\non_ios = { camera = \"ask\" }",
    )
    .replace("mine", "grand")
        + "\n[params.scope]\ntype = \"selector\"\ndefault = \"any\"\n[params.reach]\ndefault = \"none\"\nchoices = [\"none\", \"limited\"]";
    let parent = profile("extends = [\"grand\"]\n[override.one]\nseverity = \"medium\"\nmax = { camera = \"ask\" }")
        .replace("mine", "parent");
    let child = profile(
        "extends = [\"parent\"]\n[override.one]\nseverity = \"high\"\n[params.reach]\ndefault = \"limited\"\n[params.scope]\ndefault = \"tiktok\"",
    );
    let files = [("mine.toml", child.as_str()), ("parent.toml", &parent), ("grand.toml", &grand)];
    let mine = load_files(&files).unwrap_or_else(|errors| panic!("{errors}"));
    let order: Vec<&str> = mine.origins.order.iter().map(|ancestor| ancestor.id.as_str()).collect();
    assert_eq!(order, ["grand", "parent", "mine"]);
    let one = &mine.origins.rules["one"];
    let told = |origin: &Origin| {
        let before = origin.before.as_ref().map(|before| (before.value.clone(), before.profile.clone()));
        let file = Path::new(&origin.file).file_name().unwrap().to_str().unwrap().to_string();
        (origin.profile.clone(), format!("{file}:{}", origin.line), before)
    };
    let was = |value: &str, profile: &str| Some((value.to_string(), profile.to_string()));
    let from = |profile: &str, place: &str| (profile.to_string(), place.to_string());
    let expect = |origin: &Origin, at: (String, String), before: Option<(String, String)>| {
        assert_eq!(told(origin), (at.0, at.1, before));
    };
    expect(&one.defined, from("grand", "grand.toml:4"), None);
    expect(&one.severity, from("mine", "mine.toml:6"), was("medium", "parent"));
    expect(&one.levels[&Permission::Camera], from("parent", "parent.toml:7"), was("none", "grand"));
    expect(&one.levels[&Permission::Contacts], from("mine", "mine.toml:8"), was("none", "grand"));
    expect(&one.on_ios[&Permission::Camera], from("grand", "grand.toml:10"), None);
    expect(one.apps.as_ref().unwrap(), from("mine", "mine.toml:10"), was("any", "grand"));
    let reach = &mine.origins.parameters["reach"];
    assert_eq!(
        (reach.value.as_str(), reach.choices.as_slice()),
        ("limited", ["none", "limited"].map(String::from).as_slice())
    );
    expect(&reach.set, from("mine", "mine.toml:8"), was("none", "grand"));
}

#[test]
fn a_parameter_for_one_rule_and_values_of_checks() {
    let text = profile("extends = [\"base\"]\n[override.patched]\nparams = { patch_days = 30 }");
    let mine = load_files(&[("mine.toml", &text)]).unwrap();
    let value = mine.origins.rules["patched"].value.as_ref().unwrap();
    assert_eq!((value.profile.as_str(), value.line, value.parameter.as_deref()), ("mine", 6, Some("patch_days")));
    assert_eq!(value.before, Some(Before { value: "90".to_string(), profile: "base".to_string() }));
    // The parameter itself is as it was.
    let base = include_str!("../../../profiles/base.toml");
    let days = &mine.origins.parameters["patch_days"];
    assert_eq!((days.value.as_str(), days.min, days.max), ("90", Some(30), Some(365)));
    assert_eq!((days.set.file.as_str(), days.set.before.as_ref()), ("profiles/base.toml", None));
    let lock = &mine.origins.rules["screen-lock"];
    assert_eq!(lock.defined.line, line(base, "[rule.screen-lock]"));
    assert_eq!(lock.value.as_ref().unwrap().line, lock.defined.line + 3);
    assert!(!mine.origins.rules.contains_key("nothing"));
    assert_eq!(
        mine.origins.rules.keys().collect::<Vec<_>>(),
        mine.rules.iter().map(|rule| &rule.id).collect::<Vec<_>>()
    );
}

#[test]
fn the_resolved_text_loads_again_to_the_same_seal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("again.toml");
    let everything = profile(
        "version = \"3\"\nextends = [\"location-off\"]\nstrict = true\nnote = { en = \"N \\\"q\\\" \\\\ \\u202e\", fr = \"N\" }\n\
         [override.scanning-off]\noff = true\nbecause = { en = \"Maps\\u0085\\nwere needed\", fr = \"Les cartes\" }\n\
         [references]\n\"our:1\" = { title = \"T\", publisher = \"P\", date = \"2026\" }\n\
         [privacy]\ncollect = \"all-apps\"\nhide = [\"category:dating and not tinder\"]\nconsent = \"required\"\n\
         [rule.one]\ntitle = { en = \"A\\tb\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\nrefs = [\"our:1\"]\n\
         apps = 'not (tiktok or instagram) and owner:\"BIGO (JOYY)\" or ios:com.zhiliaoapp.*'\nmax = { camera = \"allowed\" }\non_ios = { camera = \"ask\" }\n\
         ignore_master = true\nlook = { android = { en = \"C\", fr = \"C\" }, samsung = { en = \"D\", fr = \"D\" } }\n\
         [rule.two]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"info\"\nmanual = { en = \"E\", fr = \"E\" }\n\
         footprint = true\nfix = { en = \"F\", fr = \"F\" }\nfor = \"ownership:personal\"\nplatform = \"ios\"\n\
         [rule.three]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"info\"\ndevice = \"lock-delay\"\none_of = [30, 60]\n\
         [rule.four]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"info\"\napps = \"any\"\nunused_days = 9",
    );
    let mine = load_files(&[("mine.toml", &everything)]).unwrap_or_else(|errors| panic!("{errors}"));
    let shipped = shipped().into_iter().map(|shipped| load(shipped.id, Catalog::builtin()).unwrap());
    for profile in shipped.chain([mine]) {
        let text = show::toml(&profile, crate::text::Language::En, &english);
        std::fs::write(&path, &text).unwrap();
        let again =
            load(path.to_str().unwrap(), Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
        // A platform in the head would narrow inherited rules: the text then says it in a remark.
        let expected = Profile { platform: again.platform, ..profile.clone() };
        assert_eq!(again.canonical_json(), expected.canonical_json());
        assert!(text.contains(&format!("# SHA-256: {}", profile.sha256)), "{text}");
        assert!(!text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{text:?}");
        assert!(text.lines().filter(|line| line.starts_with("severity")).all(|line| line.contains("  # ")), "{text}");
    }
}

#[test]
fn the_seal_is_of_the_canonical_form_and_of_nothing_else() {
    for shipped in shipped() {
        let profile = load(shipped.id, Catalog::builtin()).unwrap();
        let digest = Sha256::digest(profile.canonical_json().as_bytes());
        let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(profile.sha256, hexadecimal);
        assert!(!profile.canonical_json().contains("profiles/"), "no place enters the seal");
    }
}

#[test]
fn the_resolved_text_reads_well() {
    let text = profile(
        "extends = [\"location-off\"]\n[params.location_limit]\ndefault = \"denied\"\n\
         [override.indirect-location]\nseverity = \"low\"\nmax = { media-location = \"always\" }\nbecause = { en = \"Photos are the job\", fr = \"Les photos sont le métier\" }",
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let mine = load_from(folder.path()).unwrap();
    let shown = show::toml(&mine, crate::text::Language::En, &english).replace(&mine.sha256, "SEAL");
    let shown = shown.replace(&(folder.path().display().to_string() + std::path::MAIN_SEPARATOR_STR), "");
    let head = shown.split("\nformat = 1").next().unwrap().to_string();
    let rule = shown.split("\n\n").find(|part| part.contains("[rule.indirect-location]")).unwrap().to_string();
    insta::assert_snapshot!(format!("{head}\n…\n{rule}"), @r##"
    # Profile `mine`, with everything it extends filled in
    # SHA-256: SEAL
    # Applied in this order (the later wins):
    #   base 2026.2.0 (profiles/base.toml)
    #   location-off 2026.2.0 (profiles/location-off.toml)
    #   mine (mine.toml)
    # Parameters, filled in below:
    #   location_limit = "denied" (one of denied, none), mine.toml:6, was "none" in location-off
    #   patch_days = 90 (from 30 to 365), profiles/base.toml:13
    # Changed in inherited rules:
    #   indirect-location: severity: "medium" before, "low" now (location-off → mine, weaker; Photos are the job)
    #   indirect-location: max.media-location: "none" before, "always" now (location-off → mine, weaker; Photos are the job)
    #   location: max.location: "none" before, "denied" now (location-off → mine, not weaker)
    #   location-own-switch: max.location: "none" before, "denied" now (location-off → mine, not weaker)

    …
    # profiles/location-off.toml:33
    [rule.indirect-location]
    title = { en = "No indirect location", fr = "Aucune position indirecte" }
    why = { en = "Photo tags, Bluetooth beacons and the local network also tell where a phone is.", fr = "Les lieux des photos, les balises Bluetooth et le réseau local disent aussi où est un téléphone." }
    severity = "low"  # mine.toml:8, was "medium" in location-off
    apps = "any and not (category:collaboration or category:education or category:security or category:preload-stub or category:ai-assistant)"  # profiles/location-off.toml:35
    max.media-location = "always"  # mine.toml:9, was "none" in location-off
    max.nearby-devices = "none"  # profiles/location-off.toml:36
    max.local-network = "none"  # profiles/location-off.toml:36
    refs = ["nist-800-53:SC-42(5)", "cccs:ITSAP.40.200"]
    "##);
    let french = simple_sentences(FRENCH);
    let sentences = |key: &str, arguments: &[(&str, String)]| fill(french.get(key).copied().unwrap_or(key), arguments);
    let french = show::toml(&mine, crate::text::Language::Fr, &sentences);
    assert!(
        french.contains("Les photos sont le métier") && french.contains("valait \"medium\" dans location-off"),
        "{french}"
    );
}
